"""A TensorFlow function that is traced anew when other weights are to learn."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf


def traced_for_what_learns(
    model: keras.Model, function: Callable[..., Any], *, signature: Sequence[Any] | None = None
) -> Callable[..., Any]:
    """Return ``function`` as a ``tf.function`` that always learns what the model's ``trainable_variables`` are now.

    A trace holds the weights that learnt when it was made, whatever is frozen or unfrozen afterwards.

    Args:
        model: whose weights learn.
        function: to trace; takes and returns tensors.
        signature: a ``tf.TensorSpec`` for each of its arguments; ``None`` (default) for that of the first call.
    """
    traces: dict[tuple[int, ...], Any] = {}

    def call(*arguments: Any) -> Any:
        learning = tuple(map(id, model.trainable_variables))
        if learning not in traces:
            traces.clear()
            traces[learning] = tf.function(function, input_signature=signature, autograph=False)
        return traces[learning](*arguments)

    return call
