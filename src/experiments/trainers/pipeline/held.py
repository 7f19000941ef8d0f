"""Many training steps in one call into TensorFlow, over examples that are held in memory.

``keras.Model.fit`` calls ``model.train_function(iterator)`` once for each execution. The functions made here take from
that iterator the *row numbers* of many batches, and gather, preprocess and learn from those batches inside one graph.
Python and the input pipeline are visited once for each execution, not once for each batch, and the examples stay in
their compact raw form. `fit`, its callbacks and its metrics work as ever.
"""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from experiments.trainers.traced import traced_for_what_learns
from experiments.types import Split

Function = Callable[[Iterator[Any]], dict[str, Any]]
"""To be used as ``model.train_function`` or ``model.test_function``; returns the metrics after the last step."""


def over_tensors(model: keras.Model, step: Callable[[Any], Any], split: Split, *, batch_size: int) -> Function:
    """Return a function that runs ``step`` on every batch of the row numbers it is given.

    Args:
        model: the model whose metrics are returned.
        step: ``model.train_step`` or ``model.test_step``.
        split: the examples, held in memory as they are: an array, or one for each named column.
        batch_size: examples in a step; the last step of a call takes what is left.

    Returns:
        A function of an iterator over int32 vectors of row numbers.
    """
    inputs, labels = tf.nest.map_structure(tf.constant, split.inputs), tf.constant(split.labels)

    def run(rows: Any) -> dict[str, Any]:
        def body(start: Any) -> tuple[Any]:
            batch = rows[start : start + batch_size]
            step(tf.nest.map_structure(lambda tensor: tf.gather(tensor, batch), (inputs, labels)))
            return (start + batch_size,)

        tf.while_loop(lambda start: start < tf.size(rows), body, (tf.constant(0),), parallel_iterations=1)
        return dict(model.get_metrics_result())

    traced = traced_for_what_learns(model, run, signature=[tf.TensorSpec((None,), tf.int32)])
    return lambda iterator: traced(next(iterator))
