import contextlib
import os
import signal

import keras
import numpy as np
import pytest

from experiments.callbacks.interruption import Interruption
from experiments.signals import Terminated, clean_interrupts


class Swallow(keras.callbacks.Callback):
    """A library that loses the exception of a signal."""

    def on_train_batch_end(self, batch, logs=None):
        with contextlib.suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)


def test_an_interruption_that_a_library_lost_still_ends_training():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")

    with pytest.raises(Terminated), clean_interrupts():
        model.fit(np.zeros((4, 1)), np.zeros((4, 1)), epochs=3, callbacks=[Swallow(), Interruption()], verbose=0)


def test_without_a_signal_training_goes_on():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")

    history = model.fit(np.zeros((4, 1)), np.zeros((4, 1)), epochs=3, callbacks=[Interruption()], verbose=0)

    assert len(history.history["loss"]) == 3
