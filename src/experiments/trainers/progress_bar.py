"""Keras' progress bar for epochs whose last call into TensorFlow has fewer steps than the others."""

from typing import Any

import keras


class ProgressBar(keras.callbacks.ProgbarLogger):
    """Show the steps of an epoch, and never more than there are.

    With ``steps_per_execution``, Keras counts each call as full and shows ``45/44`` at the end of an epoch.

    Example:
    ```python
    model.fit(x, y, callbacks=[ProgressBar()])  # in the place of Keras' own
    ```
    """

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Move the bar to the step that has ended."""
        super().on_train_batch_end(min(batch, self.target - 1) if self.target else batch, logs)
