"""In which order the examples come, as row numbers: the same whether they are held in memory or read from files."""

from typing import Any

import tensorflow as tf


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
