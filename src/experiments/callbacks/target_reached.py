"""Stop as soon as a metric is good enough."""

from typing import Literal

import keras

from experiments.types import Objective


class TargetReached(keras.callbacks.Callback):
    """Stop training at the end of the first epoch whose metric reaches a value.

    Args:
        monitor: name of the metric.
        target: the value that is good enough.
        mode: ``"max"`` if more is better, ``"min"`` if less is.

    Example:
    ```python
    model.fit(x, y, epochs=100, callbacks=[TargetReached(monitor="accuracy", target=1.0)])
    ```
    """

    def __init__(self, *, monitor: str, target: float, mode: Literal["max", "min"] = "max") -> None:
        super().__init__()
        if mode not in ("max", "min"):
            raise ValueError(f"mode must be 'max' or 'min', got {mode!r}")
        self.objective = Objective(metric=monitor, mode=mode)
        self.target = target

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Stop if the metric is at least as good as the target."""
        value = (logs or {}).get(self.objective.metric)
        if value is not None and (value == self.target or self.objective.better(value, self.target)):
            self.model.stop_training = True
