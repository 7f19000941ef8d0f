import keras
import pytest

from experiments import build
from experiments.app import compose
from experiments.errors import UserError


@pytest.fixture(scope="module")
def wine():
    config = compose("train", ["data=wine", "model=mlp", "trainer.batch_size=16", "model.dropout=0.5", "model.l2=0.01"])
    return config, build.splits(config)


def test_a_layer_that_adapts_sees_the_training_split_only(wine):
    config, splits = wine
    layer = next(layer for layer in build.model(config, splits).layers if layer.name.startswith("normalization"))

    assert layer.mean.numpy().ravel() == pytest.approx(splits.train.inputs.mean(axis=0), rel=1e-4)


def test_the_plain_knobs_reach_the_layers_and_the_optimizer(wine):
    config, splits = wine
    model = build.model({**config, "optimizer": {**config["optimizer"], "learning_rate": 0.5}}, splits)

    assert [layer.rate for layer in model.layers if "dropout" in layer.name] == [0.5]
    penalties = [float(layer.kernel_regularizer.l2) for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    assert penalties == pytest.approx([0.01, 0.01])
    assert float(model.optimizer.learning_rate) == 0.5
    assert model.metrics_names[0] == "loss"


def test_lists_of_the_config_become_plain_lists(wine, tmp_path):
    model = build.model(*wine)
    model.save(tmp_path / "model.keras")  # a ListConfig in it could not be written

    assert (tmp_path / "model.keras").stat().st_size > 0


def test_callbacks_come_in_the_order_of_their_nodes_and_can_be_dropped():
    config = compose("train", ["callbacks=[default,lr_schedule]", "~callbacks.csv_logger"])

    names = [type(callback).__name__ for callback in build.callbacks(config)]

    assert names == ["EarlyStopping", "TerminateOnNaN", "ModelCheckpoint", "TensorBoard", "LearningRateScheduler"]


@pytest.mark.parametrize(
    ("overrides", "fragment"),
    [
        (["data=digits", "model=mlp", "trainer.batch_size=5000"], "trainer.batch_size=5000 is larger"),
        (["data.path=/nowhere"], "/nowhere is missing"),
        (["data=wine", "model=mlp", "+data.source.columns=3"], "has no argument 'columns'"),
    ],
)
def test_data_that_cannot_be_used_is_refused(overrides, fragment):
    with pytest.raises(UserError) as refusal:
        build.splits(compose("train", overrides))

    assert fragment in str(refusal.value)
