import keras
import numpy as np
import pytest

from experiments.trainers.probability_metric import ProbabilityMetric

BINARY = np.array([1, 1, 0, 0]), np.array([[0.2], [-0.1], [3.0], [-2.0]])
CLASSES = np.array([0, 1, 2]), np.array([[2.0, 1, 0], [0, 0.5, 3], [-1, -3, -2]])


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)


@pytest.mark.parametrize(
    ("made", "activation", "apply", "examples"),
    [
        (keras.metrics.BinaryAccuracy, "sigmoid", sigmoid, BINARY),
        (keras.metrics.Recall, "sigmoid", sigmoid, BINARY),
        (keras.metrics.AUC, "sigmoid", sigmoid, BINARY),
        (keras.metrics.SparseCategoricalAccuracy, "softmax", softmax, CLASSES),
        (keras.metrics.SparseCategoricalCrossentropy, "softmax", softmax, CLASSES),
    ],
)
def test_logits_are_measured_as_the_probabilities_that_they_stand_for(made, activation, apply, examples):
    labels, logits = examples
    plain, wrapped = made(name="mine"), ProbabilityMetric(made(name="mine"), activation)
    plain.update_state(labels, apply(logits))

    for _ in range(2):  # the second time from the start again
        wrapped.reset_state()
        wrapped.update_state(labels, logits)

    assert wrapped.name == "mine"
    assert float(wrapped.result()) == pytest.approx(float(plain.result()), rel=1e-5)
