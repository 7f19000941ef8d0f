"""A clock for both sides of the comparison."""

import json
import time
from pathlib import Path

import keras


class EpochSeconds(keras.callbacks.Callback):
    """Measure the wall time of each epoch, its validation included.

    Args:
        file: where to write the seconds as JSON at the end of training; ``None`` only keeps them in ``seconds``.
    """

    def __init__(self, file: str | None = None):
        """Start with no epochs."""
        super().__init__()
        self.file = file
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        """Start the clock."""
        self._began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Stop the clock."""
        self.seconds.append(time.perf_counter() - self._began)

    def on_train_end(self, logs=None):
        """Write the seconds down."""
        if self.file:
            Path(self.file).write_text(json.dumps(self.seconds))
