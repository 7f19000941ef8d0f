import math

import keras
import pytest

from experiments.callbacks.target_reached import TargetReached
from experiments.data.scikit_learn import digits

RAW = digits()


def epochs_run(target_reached, values, *, name="val_score"):
    """Train a real model for at most as many epochs as there are values, which stand in for its metric."""
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)  # nothing to trace
    says = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update({name: values[epoch]}))
    history = model.fit(
        RAW.train_inputs[:32],
        RAW.train_labels[:32],
        epochs=len(values),
        callbacks=[says, target_reached],
        verbose=0,
    )
    return len(history.epoch)


@pytest.mark.parametrize(
    ("mode", "target", "values", "expected"),
    [
        ("max", 0.9, [0.5, 0.95, 0.99, 0.2], 2),
        ("max", 0.9, [0.9, 0.95, 0.99], 1),  # as good as the target is good enough
        ("max", 0.9, [0.1, 0.2, 0.3], 3),
        ("min", 0.1, [0.5, 0.05, 0.01, 0.9], 2),
        ("min", 0.1, [0.3, 0.1, 0.2], 2),
        ("min", 0.1, [0.3, 0.2, 0.9], 3),
        ("max", 0.9, [math.nan, 0.95, 0.99], 2),
        ("min", 0.1, [math.nan, math.nan, 0.2], 3),
        ("max", -1.0, [-3.0, 0.0, 0.0], 2),
        ("min", 0.0, [1.0, 0.0, 1.0], 2),
    ],
)
def test_training_stops_after_the_first_epoch_that_is_good_enough(mode, target, values, expected):
    assert epochs_run(TargetReached(monitor="val_score", target=target, mode=mode), values) == expected


def test_more_is_better_unless_said_otherwise():
    assert epochs_run(TargetReached(monitor="val_score", target=0.5), [0.1, 0.6, 0.7]) == 2


def test_a_metric_that_is_not_there_stops_nothing():
    assert epochs_run(TargetReached(monitor="val_scor", target=0.5), [0.6, 0.7, 0.8]) == 3
