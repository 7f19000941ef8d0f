"""Many training steps in one call into TensorFlow, over examples that lie in memory.

``keras.Model.fit`` calls ``model.train_function(iterator)`` once for each execution. The functions made here take from
that iterator the *row numbers* of many batches, and gather, preprocess and learn from those batches inside one graph.
Python and the input pipeline are visited once for each execution, not once for each batch, and the examples stay in
their compact raw form. `fit`, its callbacks and its metrics work as ever.
"""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from experiments.trainers.tensors import gathered, tensors
from experiments.trainers.traced import traced_for_what_learns
from experiments.types import Split

Function = Callable[[Iterator[Any]], dict[str, Any]]


def fused(model: keras.Model, step: Callable[[Any], Any], split: Split, *, batch_size: int) -> Function:
    """Return a function that runs ``step`` on every batch of the row numbers it is given.

    Args:
        model: the model whose metrics are returned.
        step: ``model.train_step`` or ``model.test_step``.
        split: the examples, held in memory as they are.
        batch_size: examples in a step; the last step of a call takes what is left.

    Returns:
        A function of an iterator over int32 vectors of row numbers, to be used as ``model.train_function`` or
        ``model.test_function``; it returns the model's metrics after the last step.
    """
    inputs, labels = tensors(split.inputs), tf.constant(split.labels)

    def run(rows: Any) -> dict[str, Any]:
        def body(start: Any) -> tuple[Any]:
            batch = rows[start : start + batch_size]
            step((gathered(inputs, batch), tf.gather(labels, batch)))
            return (start + batch_size,)

        tf.while_loop(lambda start: start < tf.size(rows), body, (tf.constant(0),), parallel_iterations=1)
        return dict(model.get_metrics_result())

    traced = traced_for_what_learns(model, run, signature=[tf.TensorSpec((None,), tf.int32)])
    return lambda iterator: traced(next(iterator))


def shuffled_rows(count: int, *, rows_per_call: int, seed: int) -> tf.data.Dataset:
    """Return an endless data set of row numbers: each epoch a new random order of ``range(count)``, cut into calls.

    Args:
        count: examples in the split.
        rows_per_call: row numbers in each element; the last one of an epoch has what is left.
        seed: of the orders; the same seed gives the same orders.
    """

    def order_of(epoch: Any) -> Any:
        return tf.random.experimental.stateless_shuffle(tf.range(count), seed=[seed, epoch])

    def calls(order: Any) -> tf.data.Dataset:
        starts = tf.data.Dataset.range(0, count, rows_per_call)
        return starts.map(lambda start: order[start : start + rows_per_call])

    return tf.data.Dataset.counter().map(order_of).flat_map(calls).prefetch(2)


def rows_in_order(count: int) -> tf.data.Dataset:
    """Return a data set of one element: the row numbers of all ``count`` examples."""
    return tf.data.Dataset.from_tensors(tf.range(count, dtype=tf.int32))
