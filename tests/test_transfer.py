"""A model that was trained elsewhere, from the command's config to one run with both of its phases."""

import keras
import mlflow
import numpy as np
import pytest

from experiments.errors import UserError

DIGITS = ("data=digits", "data.limit=64", "model=image_transfer", "model.image_size=32", "trainer.epochs=2")
SMALL = "model.backbone_options={alpha: 0.35}"


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """What stands for weights learnt elsewhere."""
    keras.utils.set_random_seed(0)
    made = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(32, 32, 3), alpha=0.35)
    file = tmp_path_factory.mktemp("weights") / "mobilenet.weights.h5"
    made.save_weights(file)
    return file


def test_both_phases_are_one_run_with_one_history(run, store, weights):
    result = run(
        *DIGITS, SMALL, f"model.weights={weights}", "fine_tuning=unfreeze",
        "fine_tuning.epochs=1", "fine_tuning.layers=3", "fine_tuning.learning_rate=0.0001",
    )  # fmt: skip

    assert result.history["learning_rate"] == pytest.approx([0.001, 0.001, 0.0001])
    client = mlflow.MlflowClient(f"sqlite:///{store}/mlflow.db")
    (found,) = client.search_runs(
        [client.get_experiment_by_name("digits").experiment_id], f"attributes.run_name = '{result.record.name}'"
    )
    points = client.get_metric_history(found.info.run_id, "val_accuracy")
    assert [(point.step, point.value) for point in points] == list(enumerate(result.history["val_accuracy"]))
    assert found.data.params["fine_tuning.layers"] == "3"
    assert len((result.record.folder / "history.csv").read_text().splitlines()) == 1 + 3
    loaded = keras.saving.load_model(result.record.folder / "model.keras")
    images = result.splits.test.inputs
    np.testing.assert_array_equal(loaded.predict(images, verbose=0), result.model.predict(images, verbose=0))


@pytest.mark.parametrize(
    ("overrides", "fragment"),
    [
        (["model.weights=/no/such.h5"], "weights /no/such.h5 is missing. Set model.weights=FILE"),
        (["initial_weights=model.h6"], "initial_weights must be a file that ends in .weights.h5 or .h5 or .keras"),
        (["initial_weights=/no/such.keras"], "weights /no/such.keras is missing. Set initial_weights=FILE"),
        (["model.weights=imagnet"], "model.weights must be a file that ends in .weights.h5 or .h5"),
    ],
)
def test_missing_weights_are_refused_before_a_run_is_tracked(run, tmp_path, overrides, fragment):
    with pytest.raises(UserError) as refusal:
        run(f"paths.store={tmp_path}", *DIGITS, *overrides)

    assert fragment in str(refusal.value)
    assert (tmp_path / "mlflow.db").stat().st_size == 0, "nothing was tracked"


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("mlp_logits", "model.keras"),
        ("mlp_logits", "model.weights.h5"),
        ("subclassed_cnn", "checkpoints/best.keras"),
        ("cnn augmentation=shift_zoom", "model.keras"),
    ],
)
def test_training_can_begin_with_the_weights_of_an_earlier_run(run, model, name):
    knobs = ("data=digits", *f"model={model}".split(), "tracking=none", "pictures=none", "model.dropout=0")
    first = run(*knobs, "trainer.epochs=2", "saving=[keras,weights]")
    file = first.record.folder / name

    again = run(*knobs, f"initial_weights={file}", "optimizer.learning_rate=1e-9", "trainer.epochs=1")

    for begun, learnt in zip(again.model.get_weights(), first.model.get_weights(), strict=True):
        if begun.dtype == np.float32:  # and no state of a random generator
            np.testing.assert_allclose(begun, learnt, atol=1e-5)


def test_weights_that_do_not_fit_are_refused_before_training_with_the_layer_and_both_shapes(run, trained):
    file = trained.model_files[0]

    with pytest.raises(UserError) as refusal:
        run("data=digits", "model=mlp", "model.units=[64]", "tracking=none", f"initial_weights={file}")

    assert str(refusal.value).startswith(f"initial_weights={file} does not fit the model mlp: kernel of layer dense")
    assert "has shape (64, 64), in the file (64, 128)" in str(refusal.value)
