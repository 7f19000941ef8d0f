"""The beginning, the middle and the end that the networks share."""

from collections.abc import Sequence
from typing import Any

import keras


def raw_input(input_shape: Sequence[int] | None, input_dtype: str | None, preprocessing: Any) -> tuple[Any, Any]:
    """Return the raw examples and the same as numbers to learn from, as symbolic tensors.

    Args:
        input_shape: of one raw example; unused where the preprocessing takes named columns.
        input_dtype: of the raw examples, such as ``"uint8"``; unused likewise.
        preprocessing: a layer, or a ``keras.utils.FeatureSpace`` that has adapted.

    Returns:
        Raw examples, shape ``(batch, *input_shape)`` or one of shape ``(batch, 1)`` for each column, and numbers.
    """
    if isinstance(preprocessing, keras.utils.FeatureSpace):
        return dict(preprocessing.get_inputs()), preprocessing.get_encoded_features()
    inputs = keras.Input(tuple(input_shape or ()), dtype=input_dtype, name="inputs")
    return inputs, preprocessing(inputs)


def penalty(l2: float) -> keras.Regularizer | None:
    """Return an L2 penalty of that strength, or nothing at 0 (which saves time)."""
    return keras.regularizers.L2(l2) if l2 else None


def hidden_layers(hidden: Any, units: Sequence[int], *, activation: str, dropout: float, l2: float) -> Any:
    """Return the tensor behind Dense and Dropout for each entry of ``units``."""
    for width in units:
        hidden = keras.layers.Dense(width, activation=activation, kernel_regularizer=penalty(l2))(hidden)
        hidden = keras.layers.Dropout(dropout)(hidden)
    return hidden


def outputs_of(hidden: Any, outputs: int, activation: str, l2: float) -> Any:
    """Return the last layer's tensor, shape ``(batch, outputs)``, always float32 so that losses stay exact."""
    return keras.layers.Dense(
        outputs, activation=activation, kernel_regularizer=penalty(l2), dtype="float32", name="outputs"
    )(hidden)
