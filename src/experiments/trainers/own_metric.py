"""A metric from a plain function."""

from collections.abc import Callable
from typing import Any

import keras


def own_metric(function: Callable[..., Any], *, name: str, **options: Any) -> keras.metrics.Metric:
    """Return the metric that is the mean of a function over the examples.

    Outputs of shape ``(batch, 1)`` lose their last axis where labels have shape ``(batch,)``, as Keras sees to for
    losses; otherwise the two would be combined into a ``(batch, batch)`` table without a word.

    Args:
        function: of labels and outputs; returns a value for each example.
        name: of the metric in the logs.
        **options: further arguments of the function.
    """

    def measured(labels: Any, outputs: Any) -> Any:
        if len(outputs.shape) == len(labels.shape) + 1 and outputs.shape[-1] == 1:
            outputs = keras.ops.squeeze(outputs, axis=-1)
        return function(labels, outputs, **options)

    return keras.metrics.MeanMetricWrapper(measured, name=name)
