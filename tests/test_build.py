import sys

import keras
import numpy as np
import pytest

from experiments import build
from experiments.app import compose
from experiments.errors import UserError
from experiments.types import take


@pytest.fixture(scope="module")
def wine():
    config = compose("train", ["data=wine", "model=mlp", "trainer.batch_size=16", "model.dropout=0.5", "model.l2=0.01"])
    return config, build.splits(config)


def test_examples_of_another_shape_than_the_config_says_are_refused_before_training():
    with pytest.raises(UserError, match=r"data\.input_shape=\[9, 9, 1\] is not the shape .* which is \[8, 8, 1\]"):
        build.splits(compose("train", ["data=digits", "data.input_shape=[9,9,1]"]))


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
    model = build.model(compose("train", [*knobs, *overrides]), wine[1])

    schedule = model.optimizer._learning_rate
    assert {step: float(schedule(step)) for step in rates} == pytest.approx(rates, abs=1e-6)


def test_a_schedule_that_does_not_fit_is_one_clear_error(wine):
    config = compose("train", ["data=wine", "model=mlp", "schedule=piecewise"])
    config["schedule"]["factors"] = [1]  # which `compose` would have refused

    with pytest.raises(UserError, match=r"schedule: .*one more than boundaries"):
        build.model(config, wine[1])


def test_what_keras_refuses_is_told_in_one_line_without_its_tensors():
    config = compose("train", ["data=digits", "model=cifar_cnn"])

    with pytest.raises(
        UserError, match=r"^model.layers.pooling_2: MaxPooling2D does not .* output size would be zero[^\x1b\n]*$"
    ):
        build.model(config, build.splits(config))


def test_lists_of_the_config_become_plain_lists(wine, tmp_path):
    model = build.model(*wine)
    model.save(tmp_path / "model.keras")  # a ListConfig in it could not be written

    assert (tmp_path / "model.keras").stat().st_size > 0


def test_callbacks_come_in_the_order_of_their_nodes_and_can_be_dropped():
    config = compose("train", ["callbacks=[default,lr_schedule]", "~callbacks.csv_logger"])

    names = [type(callback).__name__ for callback in build.callbacks(config, build.splits(config))]

    assert names == ["EarlyStopping", "TerminateOnNaN", "ModelCheckpoint", "TensorBoard", "LearningRateScheduler"]


def test_what_is_no_callback_is_refused_by_its_node():
    config = compose("train", ["data=digits", "+callbacks.mine={_target_: keras.layers.Flatten}"])

    with pytest.raises(UserError, match=r"callbacks\.mine: keras\.layers\.Flatten makes a Flatten, which is no keras"):
        build.callbacks(config, build.splits(config))


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
    model = build.model(config, build.splits(config))

    assert model.output_shape == (None, outputs)
    assert model.layers[-1].activation.__name__ == activation
    if activation == "linear" and outputs > 1:
        assert model.loss.from_logits
        kept = build.finished_model(config, model)
        assert kept.layers[-1].activation.__name__ == "softmax"
        assert not kept.loss.from_logits
    else:
        assert build.finished_model(config, model) is model


def test_a_model_of_named_columns_takes_them_raw_and_learns_their_scale_from_the_training_split():
    config = compose("train", ["data=auto_mpg", "model=mlp", "task=regression"])
    splits = build.splits(config)
    model = build.model(config, splits)

    weight = next(layer for layer in model.layers if layer.name.startswith("weight_") and hasattr(layer, "mean"))
    assert float(weight.mean.numpy().squeeze()) == pytest.approx(splits.train.inputs["weight"].mean(), rel=1e-4)
    assert model.predict(splits.test.inputs, verbose=0).shape == (len(splits.test), 1)


def test_more_classes_than_one_output_can_tell_apart_are_refused_where_only_the_data_knows_them():
    config = compose("train", ["data=wine", "model=mlp", "task=binary_classification", "data.num_classes=null"])

    with pytest.raises(UserError, match="tells two classes apart, but data=wine has 3"):
        build.model(config, build.splits(config))


@pytest.mark.parametrize(
    ("option", "layers"),
    [("none", []), ("flip_rotate", ["RandomFlip", "RandomRotation"]), ("shift_zoom", ["RandomTranslation"])],
)
def test_augmentation_is_part_of_the_model_and_acts_in_training_only(option, layers, tmp_path):
    config = compose("train", ["data=digits", "model=cnn", f"augmentation={option}", "model.dropout=0"])
    splits = build.splits(config)
    model = build.model(config, splits)
    images = splits.test.inputs[:8]

    inside = next((layer.layers for layer in model.layers if layer.name == "preprocessing"), [])
    assert [type(layer).__name__ for layer in inside][1 : 1 + len(layers)] == layers
    assert np.array_equal(model(images, training=False), model.predict(images, verbose=0))
    assert np.allclose(model(images, training=True), model(images, training=False)) == (option == "none")
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(images, verbose=0), model.predict(images, verbose=0), rtol=1e-6)


@pytest.mark.parametrize(
    ("option", "place", "layers"),
    [
        ("flip_rotate", "pipeline", ["RandomFlip", "RandomRotation"]),
        ("flip_rotate", "model", None),
        ("none", "pipeline", None),
    ],
)
def test_augmentation_of_the_pipeline_stays_out_of_the_model(option, place, layers):
    config = compose("train", ["data=digits", "model=cnn", f"augmentation={option}", f"augmentation.place={place}"])
    augmentation, model = build.augmentation(config), build.model(config, build.splits(config))

    assert (augmentation and [type(layer).__name__ for layer in augmentation.layers]) == layers
    inside = [type(layer).__name__ for layer in model._flatten_layers()]
    assert ("RandomFlip" in inside) == (option == "flip_rotate" and place == "model")


def test_augmentation_of_a_table_is_refused():
    with pytest.raises(UserError, match="augmentation is for images, but data=wine is table data"):
        compose("train", ["data=wine", "model=mlp", "augmentation=flip_rotate"])


MINE = """
import keras

def huber(y_true, y_pred, delta=1.0):
    return keras.losses.huber(y_true, y_pred, delta=delta)

def distance(y_true, y_pred):
    return keras.ops.abs(y_true - y_pred)

def entropy(labels, outputs, *, from_logits):
    return keras.losses.sparse_categorical_crossentropy(labels, outputs, from_logits=from_logits)
"""


@pytest.fixture
def mine(monkeypatch, tmp_path):
    """A user's own module of losses and metrics, importable for one test."""
    (tmp_path / "my_measures.py").write_text(MINE)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("my_measures", None)


def test_functions_of_ones_own_are_losses_and_metrics_and_the_model_loads_without_them(mine, tmp_path):
    knobs = ["data=auto_mpg", "model=mlp", "task=regression", "task.loss._target_=my_measures.huber"]
    config = compose("train", [*knobs, "+task.loss.delta=2.0", "task.metrics.rmse._target_=my_measures.distance"])
    splits = build.splits(config)
    model = build.model(config, splits)
    examples, numbers = take(splits.test.inputs, slice(9)), splits.test.labels[:9]

    scores = model.evaluate(examples, numbers, verbose=0, return_dict=True)

    errors = np.abs(model.predict(examples, verbose=0)[:, 0] - numbers)
    assert scores["loss"] == pytest.approx(np.where(errors < 2, errors**2 / 2, 2 * errors - 2).mean(), rel=1e-4)
    assert scores["rmse"] == pytest.approx(errors.mean(), rel=1e-4)
    model.save(tmp_path / "model.keras")
    del sys.modules["my_measures"]
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert np.array_equal(loaded.predict(examples, verbose=0), model.predict(examples, verbose=0))


def test_a_loss_of_ones_own_is_told_of_logits_where_it_asks(mine):
    config = compose("train", ["data=digits", "model=mlp_logits", "task.loss._target_=my_measures.entropy"])
    splits = build.splits(config)
    model = build.model(config, splits)
    split = splits.test.inputs[:9], splits.test.labels[:9]

    kept = build.finished_model(config, model)

    assert kept.evaluate(*split, verbose=0)[0] == pytest.approx(model.evaluate(*split, verbose=0)[0], rel=1e-4)
    with pytest.raises(UserError, match=r"task.loss: my_measures.huber needs an argument from_logits"):
        build.model(
            compose("train", ["data=digits", "model=mlp_logits", "task.loss._target_=my_measures.huber"]), splits
        )


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
        build.model(config, build.splits(config))


BINARY = ("data=synthetic_table", "task=binary_classification", "data.num_classes=2", "data.class_names=[a,b]")


@pytest.mark.parametrize(
    "overrides",
    [
        (*BINARY, "+task.metrics.auc={_target_: keras.metrics.AUC, name: auc}"),
        ("data=digits", "+task.metrics.entropy={_target_: keras.metrics.SparseCategoricalCrossentropy, name: entropy}"),
    ],
)
def test_metrics_are_the_same_with_logits_and_probabilities_in_training_and_afterwards(overrides):
    scores = []
    for logits in (True, False):
        config = compose("train", ["model=mlp", *overrides, f"model.logits={logits}"])
        splits = build.splits(config)
        keras.utils.set_random_seed(0)
        model = build.model(config, splits)
        examples, labels = take(splits.test.inputs, slice(99)), splits.test.labels[:99]
        judged = (model, build.finished_model(config, model))
        scores += [each.evaluate(examples, labels, verbose=0) for each in judged]

    np.testing.assert_allclose(scores, [scores[0]] * 4, rtol=1e-4)


def test_a_function_of_keras_with_options_is_a_loss_and_the_model_can_be_kept(tmp_path):
    knobs = ["data=auto_mpg", "model=mlp", "task=regression", "task.loss._target_=keras.losses.huber"]
    config = compose("train", [*knobs, "+task.loss.delta=2.0"])
    splits = build.splits(config)
    model = build.model(config, splits)

    model.save(tmp_path / "model.keras")

    examples = take(splits.test.inputs, slice(9))
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert np.array_equal(loaded.predict(examples, verbose=0), model.predict(examples, verbose=0))


@pytest.mark.parametrize(
    ("override", "refusal"),
    [
        (
            "task.loss={_target_: keras.losses.CategoricalFocalCrossentropy}",
            "task.loss: keras.losses.CategoricalFocalCrossentropy cannot measure outputs of shape (n, 10)",
        ),
        ("task.loss._target_=my_measures.distance", "task.loss: my_measures.distance cannot measure outputs of shape"),
        (
            "task.metrics.accuracy._target_=keras.metrics.Precision",
            "task.metrics.accuracy: keras.metrics.Precision cannot measure outputs of shape (n, 10) against labels of",
        ),
    ],
)
def test_what_cannot_measure_the_outputs_is_refused_before_training(mine, override, refusal):
    config = compose("train", ["data=digits", "model=mlp", override])

    with pytest.raises(UserError) as error:
        build.model(config, build.splits(config))

    assert refusal in str(error.value)


def test_the_trainer_has_the_epochs_of_both_phases():
    config = compose("train", ["trainer.epochs=4", "fine_tuning=unfreeze", "fine_tuning.epochs=3"])

    assert build.trainer(config).epochs == 7
    assert build.trainer(compose("train", ["trainer.epochs=4"])).epochs == 4


def test_a_model_without_frozen_layers_cannot_be_fine_tuned(wine):
    config = compose("train", ["data=wine", "model=mlp", "fine_tuning=unfreeze"])

    with pytest.raises(UserError, match=r"nothing to unfreeze: the layers of mlp .* fine_tuning=none"):
        build.with_fine_tuning(config, build.model(config, wine[1]), [])
