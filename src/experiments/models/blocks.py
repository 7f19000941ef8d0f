"""The beginning, the middle and the end that the networks share."""

from collections.abc import Sequence
from typing import Any

import keras


def raw_input(input_shape: Sequence[int], input_dtype: str, preprocessing: keras.Layer) -> tuple[Any, Any]:
    """Return the tensor of raw examples and the same preprocessed, both of shape ``(batch, *input_shape)``."""
    inputs = keras.Input(tuple(input_shape), dtype=input_dtype, name="inputs")
    return inputs, preprocessing(inputs)


def penalty(l2: float) -> keras.Regularizer | None:
    """Return an L2 penalty of that strength, or nothing at 0 (which saves time)."""
    return keras.regularizers.L2(l2) if l2 else None


def outputs_of(hidden: Any, outputs: int, activation: str, l2: float) -> Any:
    """Return the last layer's tensor, shape ``(batch, outputs)``, always float32 so that losses stay exact."""
    return keras.layers.Dense(
        outputs, activation=activation, kernel_regularizer=penalty(l2), dtype="float32", name="outputs"
    )(hidden)
