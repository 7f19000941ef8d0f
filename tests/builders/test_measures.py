import sys

import keras
import numpy as np
import pytest

from experiments import builders
from experiments.app import compose
from experiments.errors import UserError
from experiments.types import take

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
    splits = builders.splits(config)
    model = builders.model(config, splits)
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
    splits = builders.splits(config)
    model = builders.model(config, splits)
    split = splits.test.inputs[:9], splits.test.labels[:9]

    kept = builders.finished_model(config, model)

    assert kept.evaluate(*split, verbose=0)[0] == pytest.approx(model.evaluate(*split, verbose=0)[0], rel=1e-4)
    with pytest.raises(UserError, match=r"task.loss: my_measures.huber needs an argument from_logits"):
        builders.model(
            compose("train", ["data=digits", "model=mlp_logits", "task.loss._target_=my_measures.huber"]), splits
        )


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
        splits = builders.splits(config)
        keras.utils.set_random_seed(0)
        model = builders.model(config, splits)
        examples, labels = take(splits.test.inputs, slice(99)), splits.test.labels[:99]
        judged = (model, builders.finished_model(config, model))
        scores += [each.evaluate(examples, labels, verbose=0) for each in judged]

    np.testing.assert_allclose(scores, [scores[0]] * 4, rtol=1e-4)


def test_a_function_of_keras_with_options_is_a_loss_and_the_model_can_be_kept(tmp_path):
    knobs = ["data=auto_mpg", "model=mlp", "task=regression", "task.loss._target_=keras.losses.huber"]
    config = compose("train", [*knobs, "+task.loss.delta=2.0"])
    splits = builders.splits(config)
    model = builders.model(config, splits)

    model.save(tmp_path / "model.keras")

    examples = take(splits.test.inputs, slice(9))
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert np.array_equal(loaded.predict(examples, verbose=0), model.predict(examples, verbose=0))


@pytest.mark.parametrize(
    ("override", "refusal"),
    [
        (
            "task.loss={_target_: keras.losses.BinaryFocalCrossentropy}",
            "task.loss: keras.losses.BinaryFocalCrossentropy cannot measure outputs of shape (n, 10)",
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
        builders.model(config, builders.splits(config))

    assert refusal in str(error.value)
