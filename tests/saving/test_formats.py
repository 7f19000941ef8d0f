import json
import subprocess
import sys

import numpy as np
import pytest

from experiments import builders
from experiments.app import compose
from experiments.errors import UserError
from experiments.saving import formats
from experiments.saving.load import load_predict
from experiments.types import take

FILES = {
    "keras_file": "model.keras",
    "h5_file": "model.h5",
    "saved_model": "saved_model",
    "weights": "model.weights.h5",
}
LOADING = """
import sys
import numpy as np
from experiments.saving.load import load_predict

with np.load(sys.argv[1], allow_pickle=False) as arrays:
    for path in sys.argv[2:]:
        np.testing.assert_array_equal(load_predict(path)(arrays["inputs"]), arrays["predictions"])
print("all the same")
"""


def test_every_form_predicts_the_same_in_a_fresh_process(trained, tmp_path):
    example = take(trained.splits.test.inputs, slice(1))
    for name in (*FILES, "architecture"):
        getattr(formats, name)(trained.model, tmp_path, example)
    inputs = trained.splits.test.inputs
    np.savez(tmp_path / "expected.npz", inputs=inputs, predictions=trained.model.predict(inputs, verbose=0))

    command = [sys.executable, "-c", LOADING, "expected.npz", *FILES.values()]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert answer.stdout == "all the same\n", answer.stderr


def test_of_a_model_that_does_not_fit_on_the_disk_no_half_stays(trained, tmp_path):
    """HDF5 is written in memory for this form; written to a full disk, it takes the process down."""
    from resource import RLIMIT_FSIZE, getrlimit, setrlimit

    (tmp_path / "model.keras").write_bytes(b"whole")
    unlimited = getrlimit(RLIMIT_FSIZE)
    setrlimit(RLIMIT_FSIZE, (5000, unlimited[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            formats.keras_file(trained.model, tmp_path, None)
    finally:
        setrlimit(RLIMIT_FSIZE, unlimited)

    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"model.keras": b"whole"}


def test_files_written_after_h5_have_the_optimizer_too(trained, tmp_path):
    import keras

    formats.h5_file(trained.model, tmp_path, None)
    loaded = keras.models.load_model(formats.keras_file(trained.model, tmp_path, None))

    assert type(loaded.optimizer) is type(trained.model.optimizer)
    assert int(loaded.optimizer.iterations) == int(trained.model.optimizer.iterations) > 0


def test_weights_are_loaded_without_a_warning(trained, tmp_path, recwarn):
    for name in ("weights", "architecture"):
        getattr(formats, name)(trained.model, tmp_path, None)

    load_predict(tmp_path / "model.weights.h5")

    assert not [str(warning.message) for warning in recwarn if "optimizer" in str(warning.message)]


def test_a_model_with_a_loss_of_ones_own_is_kept_in_h5_too(tmp_path):
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", lambda labels, outputs: keras.ops.abs(labels - outputs))
    model.get_compile_config = dict  # as what a config names is compiled

    loaded = keras.models.load_model(formats.h5_file(model, tmp_path, None))

    np.testing.assert_array_equal(loaded.predict(np.ones((1, 2))), model.predict(np.ones((1, 2))))


def test_a_kept_model_evaluates_to_the_logged_metrics(trained, tmp_path):
    import keras

    for write in (formats.keras_file, formats.h5_file):
        model = keras.models.load_model(write(trained.model, tmp_path, None))
        test = trained.splits.test
        values = model.evaluate(test.inputs, test.labels, verbose=0, return_dict=True)
        assert values == pytest.approx(trained.test, rel=1e-5)


@pytest.mark.parametrize(
    "overrides",
    [
        ["data=digits", "model=cnn", "augmentation=flip_rotate"],
        ["data=auto_mpg", "model=mlp", "task=regression"],
    ],
)
def test_a_saved_model_takes_raw_examples_and_does_not_augment_them(overrides, tmp_path):
    config = compose("train", overrides)
    splits = builders.splits(config)
    model = builders.model(config, splits)
    inputs = take(splits.test.inputs, slice(8))

    predict = load_predict(formats.saved_model(model, tmp_path, inputs))

    np.testing.assert_allclose(predict(inputs), model.predict(inputs, verbose=0), rtol=1e-5, atol=1e-6)


def test_the_architecture_is_readable_json_without_weights(trained, tmp_path):
    file = formats.architecture(trained.model, tmp_path, None)

    assert json.loads(file.read_text())["config"]["name"] == trained.model.name
    assert file.stat().st_size < 20_000


@pytest.mark.parametrize(
    ("overrides", "names"),
    [
        ([], ["keras_file"]),
        (["saving=[keras,h5]"], ["keras_file", "h5_file"]),
        (["saving=[saved_model,weights,architecture]"], ["saved_model", "weights", "architecture"]),
        (["saving.keras=null"], []),
    ],
)
def test_the_config_names_the_forms(overrides, names):
    assert [form.func.__name__ for form in builders.saving(compose("train", overrides))] == names


@pytest.mark.parametrize("form", ["h5", "weights", "architecture"])
def test_a_form_that_cannot_hold_a_vocabulary_is_refused_when_it_is_configured(form):
    with pytest.raises(UserError, match=f"saving={form} cannot hold the words") as refusal:
        compose("train", ["data=auto_mpg", "model=mlp", "task=regression", f"saving=[keras,{form}]"])

    assert "saving=[keras,saved_model]" in str(refusal.value)


def test_forms_other_than_the_logged_model_are_artifacts_of_the_run(run, trained, store):
    import mlflow

    result = run("model=mlp", "data=digits", "trainer.epochs=1", "saving=[keras,h5,saved_model]", "pictures=none")

    client = mlflow.MlflowClient(f"sqlite:///{store}/mlflow.db")
    (found,) = client.search_runs(
        [client.get_experiment_by_name("digits").experiment_id], f"attributes.run_name = '{result.record.name}'"
    )
    assert {item.path for item in client.list_artifacts(found.info.run_id, "saved")} == {
        "saved/model.h5",
        "saved/saved_model",
    }
