"""Gradients without the all-reduce of many replicas, which TensorFlow never forgets."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import tensorflow as tf


@contextmanager
def one_replica(optimizer: Any) -> Iterator[None]:
    """Let ``optimizer`` take the gradients as they are while the block runs, where there is but one replica.

    Keras sums the gradients over all replicas. Even for a single one TensorFlow registers a gradient of that sum, for
    as long as the process lives, and with it the whole graph of the training step: some 2 MB for each small model that
    a process trains.

    Args:
        optimizer: of a compiled model; that inside a ``LossScaleOptimizer`` counts as well.
    """
    summing = getattr(optimizer, "inner_optimizer", optimizer)
    if tf.distribute.has_strategy():
        yield
        return
    summing._all_reduce_sum_gradients = lambda gradients_and_variables: gradients_and_variables
    try:
        yield
    finally:
        del summing._all_reduce_sum_gradients
