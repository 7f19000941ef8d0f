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
        """Write down the rate of the epoch's last step."""
        if logs is not None:
            logs["learning_rate"] = rate_of_last_step(self.model.optimizer)


def rate_of_last_step(optimizer: keras.optimizers.Optimizer) -> float:
    """Return the learning rate of the step that was taken last, or of the first one before any was."""
    inner = getattr(optimizer, "inner_optimizer", optimizer)  # mixed_float16 has one around it
    rate = inner.learning_rate
    if isinstance(inner._learning_rate, keras.optimizers.schedules.LearningRateSchedule):
        steps = int(keras.ops.convert_to_numpy(inner._iterations))
        rate = inner._learning_rate(max(0, steps - 1))
    return float(keras.ops.convert_to_numpy(rate))
