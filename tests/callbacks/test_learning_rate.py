import csv

import keras
import pytest

from experiments.callbacks.learning_rate import LearningRate, rate_of_last_step
from experiments.data.scikit_learn import digits

RAW = digits()
RATES = [0.1 * 0.5**0.5, 0.1 * 0.5**1.5, 0.1 * 0.5**2.5]  # of the second, fourth and sixth step


def fit(rate, *callbacks):
    """Train three epochs of two steps; return what Keras wrote down of each epoch."""
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")])
    model.compile(keras.optimizers.SGD(rate), "sparse_categorical_crossentropy", run_eagerly=True)  # nothing to trace
    history = model.fit(
        RAW.train_inputs[:64], RAW.train_labels[:64], batch_size=32, epochs=3, callbacks=list(callbacks), verbose=0
    )
    return history.history


@pytest.mark.parametrize(
    ("rate", "callbacks", "expected"),
    [
        (0.1, [], [0.1, 0.1, 0.1]),
        (keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=2, decay_rate=0.5), [], RATES),
        (keras.optimizers.schedules.PiecewiseConstantDecay([3], [0.2, 0.1]), [], [0.2, 0.2, 0.1]),
        (
            0.1,
            [keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch else rate)],
            [0.1, 0.05, 0.025],
        ),
    ],
)
def test_history_shows_the_rate_of_each_epochs_last_step(rate, callbacks, expected):
    assert fit(rate, LearningRate(), *callbacks)["learning_rate"] == pytest.approx(expected)


def test_without_it_a_schedule_is_not_seen():
    assert "learning_rate" not in fit(keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=2, decay_rate=0.5))


def test_callbacks_after_it_see_the_rate(tmp_path):
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=2, decay_rate=0.5)

    fit(schedule, LearningRate(), keras.callbacks.CSVLogger(str(tmp_path / "history.csv")))

    with (tmp_path / "history.csv").open() as file:
        rates = [float(row["learning_rate"]) for row in csv.DictReader(file)]
    assert rates == pytest.approx(RATES)


def test_the_rate_is_found_inside_the_optimizer_of_16_bit_floats():
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([0], [0.2, 0.1])
    inner = keras.optimizers.SGD(schedule)
    wrapped = keras.optimizers.LossScaleOptimizer(inner)
    rates = []
    for steps in range(3):
        inner.iterations.assign(steps)
        rates.append(rate_of_last_step(wrapped))

    assert rates == pytest.approx([0.2, 0.2, 0.1])
