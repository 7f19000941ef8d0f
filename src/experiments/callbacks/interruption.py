"""Hear Ctrl-C and SIGTERM for certain."""

import keras

from experiments.signals import raise_unanswered


class Interruption(keras.callbacks.Callback):
    """Raise an interruption again, at the next batch's or epoch's end, that got lost inside a library.

    Python drops exceptions that a signal raises in a destructor or in a function called from C.
    """

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Raise what was not answered."""
        raise_unanswered()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Raise what was not answered."""
        raise_unanswered()
