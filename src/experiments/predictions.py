"""What a classifier's outputs say: probabilities of classes, and the likeliest class. NumPy only."""

import numpy as np

from experiments.types import Array


def class_probabilities(outputs: Array) -> Array:
    """Return the probability of every class, shape ``(n, classes)``.

    Args:
        outputs: shape ``(n, classes)``, or ``(n, 1)`` for the probability of the second of two classes.

    Example:
        >>> class_probabilities(np.array([[0.25]]))
        array([[0.75, 0.25]])
    """
    return np.concatenate([1 - outputs, outputs], axis=1) if outputs.shape[1] == 1 else outputs


def likeliest_classes(outputs: Array) -> Array:
    """Return the likeliest class of each example, integers of shape ``(n,)``; with one output, above 0.5 the second.

    Example:
        >>> likeliest_classes(np.array([[0.2], [0.7]])).tolist()
        [0, 1]
    """
    return (outputs[:, 0] > 0.5).astype(np.int64) if outputs.shape[1] == 1 else outputs.argmax(axis=1)
