"""Any stack of layers, named in YAML."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from experiments.models.blocks import outputs_of, raw_input


def sequential(
    *,
    input_shape: Sequence[int] | None,
    input_dtype: str | None,
    preprocessing: Any,
    layers: Mapping[str, keras.Layer | None],
    l1: float = 0.0,
    l2: float = 0.0,
    dropout: float = 0.0,
    outputs: int,
    output_activation: str = "softmax",
    name: str = "sequential",
) -> keras.Model:
    """Put layers one on another, in the order of their names, then the output layer.

    Args:
        input_shape: of one raw example.
        input_dtype: of the raw examples, such as ``"uint8"``.
        preprocessing: layer that turns raw examples into numbers to learn from.
        layers: by name; ``None`` leaves one out.
        l1: a knob for ``layers`` to refer to.
        l2: a knob for ``layers`` to refer to; the strength of the penalty on the output layer's kernel, too.
        dropout: a knob for ``layers`` to refer to.
        outputs: width of the output layer.
        output_activation: of the output layer.
        name: of the model.

    Returns:
        A model from ``(batch, *input_shape)`` to ``(batch, outputs)``, not compiled.
    """
    inputs, hidden = raw_input(input_shape, input_dtype, preprocessing)
    for layer in layers.values():
        hidden = layer(hidden) if layer else hidden
    if len(hidden.shape) > 2:
        hidden = keras.layers.Flatten()(hidden)
    return keras.Model(inputs, outputs_of(hidden, outputs, output_activation, l2), name=name)
