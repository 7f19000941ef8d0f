"""Remember the best epoch: its number, its metrics and its weights."""

import keras
import numpy as np

from experiments.types import Objective


class BestEpoch(keras.callbacks.Callback):
    """Keep the weights of the epoch with the best objective, in memory, whatever other callbacks do.

    Where ``keras.callbacks.SwapEMAWeights``, placed behind it, has the averages of the weights scored, it is those that
    are kept.

    Args:
        objective: the metric to go by and its direction.

    Attributes:
        epoch: number of the best epoch, counted from 1; 0 before any epoch has ended.
        metrics: every metric of that epoch.
        history: every metric of every epoch, also of a run that was interrupted.
        weights: of the best epoch, in the order of ``model.get_weights()``.

    Example:
    ```python
    best = BestEpoch(Objective(metric="val_loss", mode="min"))
    model.fit(x, y, validation_split=0.1, callbacks=[best])
    best.restore()  # the model has the weights of epoch `best.epoch`
    ```
    """

    def __init__(self, objective: Objective) -> None:
        super().__init__()
        self.objective = objective
        self.epoch = 0
        self.metrics: dict[str, float] = {}
        self.history: dict[str, list[float]] = {}
        self.weights: list[np.ndarray] = []
        self._scored: list[np.ndarray] = []

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        """Note the weights that were scored where they may be averages, before the epoch's own come back."""
        optimizer = getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer)  # of mixed_float16
        self._scored = self.model.get_weights() if optimizer.use_ema else []

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keep this epoch if it is the first or the best so far."""
        metrics = {name: float(value) for name, value in (logs or {}).items()}
        for name, value in metrics.items():
            self.history.setdefault(name, []).append(value)
        if self._is_best(metrics):
            self.epoch, self.metrics = epoch + 1, metrics
            self.weights = self._scored or self.model.get_weights()

    def _is_best(self, metrics: dict[str, float]) -> bool:
        name = self.objective.metric
        decisive = [metrics.get(name, np.nan), metrics.get("loss", 0.0), metrics.get("val_loss", 0.0)]
        if not np.isfinite(decisive).all():
            return False  # an accuracy can be finite while the loss, and with it the weights, no longer are
        return not self.metrics or self.objective.better(metrics[name], self.metrics[name])

    def restore(self) -> None:
        """Give the model the best epoch's weights; do nothing before any epoch has ended."""
        if self.weights:
            self.model.set_weights(self.weights)
