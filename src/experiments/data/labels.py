"""Labels in the form that a loss expects."""

from typing import Literal

import numpy as np

from experiments.types import Array

Encoding = Literal["sparse", "one_hot"]


def encode(labels: Array, *, encoding: Encoding, num_classes: int) -> Array:
    """Return integer labels of shape ``(n,)`` as int32 (sparse) or as float32 vectors of shape ``(n, num_classes)``."""
    return labels.astype(np.int32) if encoding == "sparse" else np.eye(num_classes, dtype=np.float32)[labels]
