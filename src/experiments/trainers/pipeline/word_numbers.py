"""Texts cut into words once before training, not again in every epoch.

A model for texts begins with a ``TextVectorization`` layer, so that what is kept takes raw texts. The layer never
changes while the rest learns. So its word numbers are computed once, and the steps begin behind it.
"""

from dataclasses import dataclass
from math import prod
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from experiments.stored import Store, StoredInputs
from experiments.types import Array, Split

_TEXTS_AT_ONCE = 1024


class BehindVectorizer:
    """A compiled model whose calls and steps take word numbers; its weights, metrics and all else are the model's own.

    Args:
        model: a compiled functional model that begins with a ``TextVectorization``.
        rest: the same layers without the first.
    """

    def __init__(self, model: keras.Model, rest: keras.Model) -> None:
        self._model, self._rest = model, rest

    def __call__(self, words: Any, training: bool | None = None) -> Any:
        """Return the outputs for word numbers of shape ``(batch, words)``."""
        return self._rest(words, training=training)

    def __getattr__(self, name: str) -> Any:
        """Return what the model has of that name."""
        return getattr(self._model, name)

    def train_step(self, data: Any) -> Any:
        """Take the model's own training step."""
        return type(self._model).train_step(self, data)

    def test_step(self, data: Any) -> Any:
        """Take the model's own validation step."""
        return type(self._model).test_step(self, data)


def vectorized_once(model: keras.Model, *splits: Split) -> tuple[Any, list[Split]]:
    """Return what to take steps with, and the splits in the form that it takes.

    Args:
        model: compiled and built.
        splits: with raw inputs.

    Returns:
        The model and the splits as they are, unless the model begins with a ``TextVectorization``: then a
        `BehindVectorizer`, and splits of word numbers, shape ``(n, words)``, int32. Of stored texts they are computed
        whenever they are wanted.
    """
    layer = _first_layer(model)
    if not isinstance(layer, keras.layers.TextVectorization):
        return model, list(splits)
    rest = BehindVectorizer(model, keras.Model(layer.output, model.output, name=model.name))
    return rest, [
        Split(inputs=_vectorized(layer, split.inputs), labels=split.labels) if len(split) else split for split in splits
    ]


def _first_layer(model: keras.Model) -> Any:
    """Return the layer behind the input of a functional model that has one input."""
    if len(getattr(model, "inputs", None) or ()) != 1:
        return None
    return next((layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)), None)


def _vectorized(layer: keras.layers.TextVectorization, texts: Any) -> Array | StoredInputs:
    if isinstance(texts, StoredInputs):
        return StoredInputs(store=WordNumbers(texts=texts.store, layer=layer), rows=texts.rows)
    is_of_one_length = layer.output.shape[-1] is not None
    batches = (
        tf.data.Dataset.from_tensor_slices(texts)
        .batch(_TEXTS_AT_ONCE if is_of_one_length else len(texts))
        .map(lambda batch: tf.cast(layer(batch), _dtype(layer)), num_parallel_calls=tf.data.AUTOTUNE)
    )
    return np.concatenate(list(batches.as_numpy_iterator()))


def _dtype(layer: keras.layers.TextVectorization) -> str:
    return "int32" if "int" in layer.output.dtype else str(layer.output.dtype)


@dataclass(frozen=True, kw_only=True, eq=False)
class WordNumbers:
    """A store of what a vectorizer makes of stored texts.

    Args:
        texts: where they are.
        layer: adapted; puts out rows of one length.
    """

    texts: Store
    layer: keras.layers.TextVectorization

    @property
    def shape(self) -> tuple[int, ...]:
        """Of all examples: ``(n, words)``."""
        return (*self.texts.shape, *self.layer.output.shape[1:])

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the examples."""
        return np.dtype(_dtype(self.layer))

    @property
    def nbytes(self) -> int:
        """Of all examples."""
        return prod(self.shape) * self.dtype.itemsize

    def read(self, rows: Array) -> Array:
        """Return the word numbers of the texts in these rows."""
        return np.asarray(self.layer(tf.constant(self.texts.read(rows), tf.string)), self.dtype)
