import random

import keras
import numpy as np
import pytest
import tensorflow as tf

from experiments.errors import UserError
from experiments.trainers.dry_call import dry_call
from experiments.trainers.own_metric import own_metric

CLASSES, ONE_HOT, NUMBERS = np.arange(40) % 10, np.eye(10)[np.arange(40) % 10], np.arange(40, dtype=np.float32)


def network(outputs):
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(outputs)])


def difference(labels, outputs):
    return labels - outputs


def raising(labels, outputs):
    raise KeyError("depth")


def nothing(labels, outputs):
    return None


def of_labels_alone(labels):
    return labels


def in_numpy(labels, outputs):
    return np.abs(labels.numpy() - outputs.numpy().reshape(-1))


@pytest.mark.parametrize(
    ("measure", "outputs", "labels", "refusal"),
    [
        (raising, 10, CLASSES, "against labels of shape (n,): KeyError: 'depth'."),
        (nothing, 1, NUMBERS, "ValueError: it returns None, where a value for each example is wanted."),
        (of_labels_alone, 1, NUMBERS, "TypeError: of_labels_alone() takes 1 positional argument but 2 were given."),
        (in_numpy, 1, NUMBERS, "AttributeError: 'SymbolicTensor' object has no attribute 'numpy'."),
        (difference, 10, CLASSES, "outputs of shape (n, 10) against labels of shape (n,): InvalidArgumentError: Incom"),
        (difference, 5, CLASSES % 5, "InvalidArgumentError: Incompatible shapes: [7] vs. [7,5]."),
        (keras.losses.CategoricalFocalCrossentropy(), 10, CLASSES, "Incompatible shapes: [5,10] vs. [5]."),
        (keras.metrics.Precision(), 10, CLASSES, "InvalidArgumentError: Incompatible shapes: [1,50] vs. [1,5]."),
        (keras.metrics.F1Score(), 10, CLASSES, "ValueError: FBetaScore expects 2D inputs with shape"),
        (own_metric(difference, name="d"), 10, CLASSES, "outputs of shape (n, 10) against labels of shape (n,): "),
        (own_metric(nothing, name="d"), 10, CLASSES, "it returns None"),
    ],
)
def test_what_cannot_measure_is_told_in_one_line_with_its_name(measure, outputs, labels, refusal):
    with pytest.raises(UserError) as error:
        dry_call(measure, network(outputs), labels, what="task.loss: mine.f")

    assert str(error.value).startswith("task.loss: mine.f cannot measure outputs")
    assert refusal in str(error.value)
    assert "\n" not in str(error.value)


def test_a_metric_of_many_numbers_is_refused():
    refusal = r"f1 gives numbers of shape \(10,\), where a single one is wanted. .* average=macro"

    with pytest.raises(UserError, match=refusal):
        dry_call(keras.metrics.F1Score(), network(10), ONE_HOT, what="f1")


@pytest.mark.parametrize(
    ("measure", "outputs", "labels"),
    [
        (keras.losses.SparseCategoricalCrossentropy(), 10, CLASSES),
        (keras.losses.CategoricalFocalCrossentropy(), 10, ONE_HOT),
        (keras.metrics.F1Score(average="macro"), 10, ONE_HOT),
        (keras.losses.BinaryCrossentropy(), 1, CLASSES % 2),
        (difference, 1, NUMBERS),
        (own_metric(difference, name="d"), 1, NUMBERS[:2]),
    ],
)
def test_what_can_measure_is_tried_without_a_trace(measure, outputs, labels):
    model = network(outputs)
    model.compile(loss="mse")
    keras.utils.set_random_seed(3)
    states = random.getstate(), np.random.get_state()[1].tolist()
    weights, drawn = model.get_weights(), float(tf.random.uniform([]))
    keras.utils.set_random_seed(3)

    dry_call(measure, model, labels, what="task.loss: mine.f")

    assert (random.getstate(), np.random.get_state()[1].tolist()) == states
    assert float(tf.random.uniform([])) == drawn
    assert all(np.array_equal(*pair) for pair in zip(weights, model.get_weights(), strict=True))
    assert not model._compile_loss.built, "the model itself has measured nothing"


def test_what_needs_values_may_measure_where_no_graph_is_made():
    metric = own_metric(in_numpy, name="d")

    dry_call(metric, network(1), NUMBERS, what="task.metrics.d: mine.f", eagerly=True)

    assert np.isfinite(float(metric.result()))
