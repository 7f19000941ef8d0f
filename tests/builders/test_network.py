import keras
import pytest

from experiments import builders
from experiments.app import compose
from experiments.errors import UserError


def test_the_plain_knobs_reach_the_layers_and_the_optimizer(wine):
    config, splits = wine
    model = builders.model({**config, "optimizer": {**config["optimizer"], "learning_rate": 0.5}}, splits)

    assert [layer.rate for layer in model.layers if "dropout" in layer.name] == [0.5]
    penalties = [float(layer.kernel_regularizer.l2) for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    assert penalties == pytest.approx([0.01, 0.01])
    assert float(model.optimizer.learning_rate) == 0.5
    assert model.metrics_names[0] == "loss"


@pytest.mark.parametrize(
    ("overrides", "rates"),
    [
        (["schedule=exponential", "schedule.rate=0.5"], {0: 0.1, 8: 0.05}),  # 8 steps an epoch
        (["schedule=cosine", "trainer.epochs=2"], {0: 0.1, 8: 0.05, 16: 0}),
        (["schedule=piecewise", "schedule.steps_per_epoch=4"], {11: 0.1, 12: 0.01}),
    ],
)
def test_a_schedule_wraps_the_learning_rate_and_knows_the_steps_of_an_epoch(wine, overrides, rates):
    knobs = ["data=wine", "model=mlp", "trainer.batch_size=16", "optimizer.learning_rate=0.1"]
    model = builders.model(compose("train", [*knobs, *overrides]), wine[1])

    schedule = model.optimizer._learning_rate
    assert {step: float(schedule(step)) for step in rates} == pytest.approx(rates, abs=1e-6)


@pytest.mark.parametrize(
    ("overrides", "outputs", "activation"),
    [
        (["data=digits"], 10, "softmax"),
        (["data=digits", "data.num_classes=null", "data.input_shape=null", "data.input_dtype=null"], 10, "softmax"),
        (["data=digits", "model.logits=true"], 10, "linear"),
        (["data=auto_mpg", "task=regression"], 1, "linear"),
    ],
)
def test_outputs_and_their_activation_fit_the_task_and_the_data(overrides, outputs, activation):
    config = compose("train", ["model=mlp", *overrides])
    model = builders.model(config, builders.splits(config))

    assert model.output_shape == (None, outputs)
    assert model.layers[-1].activation.__name__ == activation
    if activation == "linear" and outputs > 1:
        assert model.loss.from_logits
        kept = builders.finished_model(config, model)
        assert kept.layers[-1].activation.__name__ == "softmax"
        assert not kept.loss.from_logits
    else:
        assert builders.finished_model(config, model) is model


def test_more_classes_than_one_output_can_tell_apart_are_refused_where_only_the_data_knows_them():
    config = compose("train", ["data=wine", "model=mlp", "task=binary_classification", "data.num_classes=null"])

    with pytest.raises(UserError, match="tells two classes apart, but data=wine has 3"):
        builders.model(config, builders.splits(config))


OWN_NETWORK = """
import keras, tensorflow as tf

class Own(keras.Model):
    def __init__(self, *, name, preprocessing, outputs, dropout, l2):
        super().__init__(name=name)
        self.flat, self.out = keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")

    def call(self, inputs):
        return self.out(tf.sin(tf.cast(self.flat(inputs), tf.float32)))
"""


def test_a_class_that_no_h5_file_can_give_back_is_refused_before_training(monkeypatch, tmp_path):
    (tmp_path / "my_networks.py").write_text(OWN_NETWORK)
    monkeypatch.syspath_prepend(tmp_path)
    others = ("filters", "kernel_size", "units", "activation", "output_activation")
    knobs = [
        "data=digits",
        "model=subclassed_cnn",
        "model._target_=my_networks.Own",
        *(f"~model.{key}" for key in others),
    ]
    config = compose("train", [*knobs, "saving=[keras,h5]"])

    with pytest.raises(UserError, match=r"saving=h5 cannot hold Own: .* Choose saving=keras"):
        builders.model(config, builders.splits(config))


def test_operations_that_no_h5_file_can_give_back_are_refused_before_training():
    layers = ("{_target_: keras.layers.Reshape, target_shape: [8, 8]}", "{_target_: keras.layers.Masking}")
    added = [f"+model.layers.{key}={node}" for key, node in zip(("rows", "masking"), layers, strict=True)]
    added.append("+model.layers.lstm={_target_: keras.layers.LSTM, units: 4}")
    left_out = ["~model.layers.flatten", "~model.layers.hidden", "~model.layers.dropout"]
    config = compose("train", ["data=digits", "model=sequential", *left_out, *added, "saving=[keras,h5]"])

    with pytest.raises(UserError, match=r"saving=h5 cannot hold sequential: .* the operation NotEqual\. Choose "):
        builders.model(config, builders.splits(config))
