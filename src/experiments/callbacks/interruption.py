"""Answer Ctrl-C, SIGTERM and a closed terminal between two calls into TensorFlow."""

import keras

from experiments.signals import raise_noted


class Interruption(keras.callbacks.Callback):
    """Raise, at the end of a batch or an epoch, the interruption that ``interrupts_at_batches`` holds back."""

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Raise what was held back."""
        raise_noted()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Raise what was held back."""
        raise_noted()
