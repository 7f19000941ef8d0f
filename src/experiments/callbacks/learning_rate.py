"""Put the learning rate beside the metrics of each epoch."""

import keras


class LearningRate(keras.callbacks.Callback):
    """Add ``learning_rate`` to the epoch's logs, where History, CSVLogger, TensorBoard and MLflow find it.

    Place it before the callbacks that are to see it.

    Example:
    ```python
    model.fit(x, y, callbacks=[LearningRate(), keras.callbacks.CSVLogger("history.csv")])
    ```
    """

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write down the rate that the epoch ended with."""
        if logs is not None:
            logs["learning_rate"] = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
