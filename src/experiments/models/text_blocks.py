"""What the networks for texts share."""

from typing import Any

import keras
from keras import ops


def vocabulary_rows(preprocessing: keras.layers.TextVectorization) -> int:
    """Return how many rows an embedding of its word numbers needs: its ``max_tokens``, else the words it has seen."""
    return int(preprocessing.get_config()["max_tokens"] or preprocessing.vocabulary_size())


def mean_of_words(embedded: Any, words: Any) -> Any:
    """Return the average vector of each text without its padding; of an empty text, zeros.

    Keras' masked ``GlobalAveragePooling1D`` divides by zero there, and one empty text spoils all weights.

    Args:
        embedded: shape ``(batch, words, dim)``.
        words: their numbers, shape ``(batch, words)``; 0 is padding.

    Returns:
        A symbolic tensor of shape ``(batch, dim)``.
    """
    is_word = ops.cast(ops.not_equal(words, 0), embedded.dtype)
    total = ops.sum(embedded * ops.expand_dims(is_word, -1), axis=1)
    return total / ops.maximum(ops.sum(is_word, axis=1, keepdims=True), 1)
