import os
import signal

import keras
import numpy as np
import pytest

from experiments.callbacks.interruption import Interruption
from experiments.signals import Terminated, clean_interrupts, interrupts_at_batches


class SignalAt(keras.callbacks.Callback):
    """Send SIGTERM at the beginning of an epoch, and count the batches."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch, self.batches = epoch, 0

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            os.kill(os.getpid(), signal.SIGTERM)

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1


def test_a_signal_ends_training_after_the_batch_that_it_came_in():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    sender = SignalAt(epoch=1)

    with pytest.raises(Terminated), clean_interrupts(), interrupts_at_batches():
        model.fit(
            np.zeros((4, 1)), np.zeros((4, 1)), batch_size=2, epochs=3, callbacks=[sender, Interruption()], verbose=0
        )

    assert sender.batches == 3


def test_without_a_signal_training_goes_on():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")

    history = model.fit(np.zeros((4, 1)), np.zeros((4, 1)), epochs=3, callbacks=[Interruption()], verbose=0)

    assert len(history.history["loss"]) == 3
