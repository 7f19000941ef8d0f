"""Labels in the form that a loss expects."""

from typing import Literal

import numpy as np

from experiments.types import Array

Encoding = Literal["sparse", "one_hot", "number"]


def encode(labels: Array, *, encoding: Encoding, num_classes: int) -> Array:
    """Return labels as a loss takes them.

    Args:
        labels: shape ``(n,)``, integers for classes.
        encoding: ``sparse`` for int32 of shape ``(n,)``, ``one_hot`` for float32 vectors of shape
            ``(n, num_classes)``, ``number`` for float32 of shape ``(n,)``.
        num_classes: length of the vectors.
    """
    if encoding == "number":
        return labels.astype(np.float32)
    return labels.astype(np.int32) if encoding == "sparse" else np.eye(num_classes, dtype=np.float32)[labels]
