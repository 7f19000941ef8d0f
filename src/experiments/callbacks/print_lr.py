"""Say at the end of each epoch how large the learning rate was."""

import keras

from experiments.callbacks.learning_rate import rate_of_last_step


class PrintLR(keras.callbacks.Callback):
    """Print the learning rate of each epoch, that of its last step.

    Example:
    ```python
    model.fit(x, y, epochs=3, callbacks=[PrintLR()])  # Learning rate for epoch 1 is 0.001
    ```
    """

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Print one line."""
        print(f"\nLearning rate for epoch {epoch + 1} is {rate_of_last_step(self.model.optimizer):.6g}", flush=True)
