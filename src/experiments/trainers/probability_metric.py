"""Metrics of probabilities for models that put out logits."""

from typing import Any

import keras


class ProbabilityMetric(keras.metrics.Metric):
    """Let a metric see the probabilities that an activation makes of logits.

    So every metric means the same with and without logits: thresholds, areas under curves and entropies.

    Args:
        metric: of labels and probabilities; lends its name.
        activation: such as ``"softmax"`` or ``"sigmoid"``.

    Example:
    ```python
    recall = ProbabilityMetric(keras.metrics.Recall(), "sigmoid")
    recall.update_state([1, 1], [0.2, -0.1])  # probabilities 0.55 and 0.48
    float(recall.result())  # 0.5
    ```
    """

    def __init__(self, metric: keras.metrics.Metric, activation: str) -> None:
        super().__init__(name=metric.name, dtype=metric.dtype)
        self.metric, self.activation = metric, keras.activations.get(activation)

    def update_state(self, labels: Any, logits: Any, sample_weight: Any = None) -> None:
        """Add a batch, logits of shape ``(batch, outputs)``."""
        self.metric.update_state(labels, self.activation(keras.ops.cast(logits, "float32")), sample_weight)

    def result(self) -> Any:
        """Return the metric so far."""
        return self.metric.result()

    def reset_state(self) -> None:
        """Begin anew."""
        self.metric.reset_state()
