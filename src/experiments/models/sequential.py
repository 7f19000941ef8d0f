"""Any stack of layers, named in YAML."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from experiments.errors import UserError, one_line, refused_layers
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

    Raises:
        UserError: a layer does not fit what comes before it, or nothing turns words, or not all of them, into vectors.
    """
    inputs, hidden = raw_input(input_shape, input_dtype, preprocessing)
    first = next(filter(None, layers.values()), None)
    if input_dtype == "string" and "int" in str(hidden.dtype) and not _may_embed(first):
        raise UserError(
            "model.layers: of texts come the numbers of their words, which need an Embedding first. Leave out the "
            "others and add '+model.layers.embedding={_target_: keras.layers.Embedding, input_dim: "
            "${data.max_tokens}, output_dim: 16}'."
        )
    if isinstance(first, keras.layers.Embedding) and isinstance(preprocessing, keras.layers.TextVectorization):
        _check_rows(first, preprocessing.vocabulary_size())
    for key, layer in layers.items():
        hidden = _after(layer, hidden, key=key) if layer else hidden
    if len(hidden.shape) > 2:
        hidden = keras.layers.Flatten()(hidden)
    return keras.Model(inputs, outputs_of(hidden, outputs, output_activation, l2), name=name)


def _may_embed(layer: keras.Layer | None) -> bool:
    """Return whether a layer turns word numbers into vectors, as one of the user's own may."""
    if layer is None or type(layer).__module__.startswith("keras."):
        return isinstance(layer, keras.layers.Embedding | keras.layers.CategoryEncoding)
    return True


def _check_rows(embedding: keras.layers.Embedding, words: int) -> None:
    if embedding.input_dim < words:
        raise UserError(
            f"model.layers: the Embedding has input_dim={embedding.input_dim} vectors for the {words} words of the "
            "vocabulary. Choose input_dim: ${data.max_tokens}."
        )


def _after(layer: keras.Layer, hidden: Any, *, key: str) -> Any:
    """Return what a layer makes of ``hidden``."""
    try:
        made = layer(hidden)
    except (TypeError, ValueError) as error:
        raise refused_layers(
            f"model.layers.{key}: {type(layer).__name__} does not fit what comes before it, of shape "
            f"{tuple(hidden.shape)}: {one_line(error)}"
        ) from error
    if not getattr(made, "shape", ()):
        raise UserError(f"model.layers.{key}: {type(layer).__name__} is to give one tensor of numbers, gave {made!r}.")
    return made
