import keras
import pytest

from experiments.callbacks.decay import exponential, step
from experiments.data.scikit_learn import digits

RAW = digits()


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (exponential(), [1.0, 0.9, 0.81, 0.729, 0.6561]),
        (exponential(rate=0.5, start_epoch=1), [0.5, 0.25, 0.125, 0.0625, 0.03125]),
        (exponential(rate=0.5, start_epoch=4), [1.0, 1.0, 1.0, 0.5, 0.25]),
        (exponential(rate=0.5, start_epoch=9), [1.0, 1.0, 1.0, 1.0, 1.0]),
        (exponential(rate=1.0), [1.0, 1.0, 1.0, 1.0, 1.0]),
        (step(rate=0.5, every=1), [1.0, 0.5, 0.25, 0.125, 0.0625]),
        (step(rate=0.5, every=2), [1.0, 1.0, 0.5, 0.5, 0.25]),
        (step(rate=0.1, every=4), [1.0, 1.0, 1.0, 1.0, 0.1]),
        (step(), [1.0, 1.0, 1.0, 1.0, 1.0]),
    ],
)
def test_rates_of_five_epochs_of_training(schedule, expected):
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")])
    model.compile(keras.optimizers.SGD(1.0), "sparse_categorical_crossentropy", run_eagerly=True)  # nothing to trace

    history = model.fit(
        RAW.train_inputs[:32],
        RAW.train_labels[:32],
        epochs=5,
        callbacks=[keras.callbacks.LearningRateScheduler(schedule)],
        verbose=0,
    )

    assert history.history["learning_rate"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("epoch", "expected"), [(0, 2.0), (5, 2.0), (9, 2.0), (10, 0.2), (11, 2.0), (20, 0.2)])
def test_a_step_is_every_ten_epochs_to_a_tenth_unless_said_otherwise(epoch, expected):
    assert step()(epoch, 2.0) == pytest.approx(expected)
