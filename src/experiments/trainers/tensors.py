"""Examples as tensors: one, or one for each named column."""

from typing import Any

import tensorflow as tf

from experiments.types import Inputs


def tensors(inputs: Inputs) -> Any:
    """Return the examples as tensors in the same structure."""
    return tf.nest.map_structure(tf.constant, inputs)


def gathered(inputs: Any, rows: Any) -> Any:
    """Return the examples in these rows, in the same structure.

    Args:
        inputs: as ``tensors`` gives them.
        rows: an int32 tensor of row numbers, shape ``(batch,)``.
    """
    return tf.nest.map_structure(lambda tensor: tf.gather(tensor, rows), inputs)
