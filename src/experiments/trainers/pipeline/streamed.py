"""Training steps over examples that are read from files while the steps before are at work."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf

from experiments.errors import UserError
from experiments.stored import THREADS, Stored
from experiments.trainers.pipeline.held import Function
from experiments.trainers.traced import traced_for_what_learns
from experiments.types import Array, columns_of

_READ_AHEAD = 256 * 2**20  # bytes of examples that wait to be learnt from, at most: not more for a larger data set
_READING_FAILED = re.compile(r"^experiments\.errors\.UserError: (.*)$", re.MULTILINE)


def over_batches(model: keras.Model, step: Callable[[Any], Any]) -> Function:
    """Return a function that runs ``step`` on the batches of one call.

    Args:
        model: the model whose metrics are returned.
        step: ``model.train_step`` or ``model.test_step``.

    Returns:
        A function of an iterator over what ``read_batches`` gives.
    """

    def run(iterator: Any) -> dict[str, Any]:
        def body(_: Any) -> tuple[Any]:
            inputs, labels, is_last = next(iterator)
            step((inputs, labels))
            return (is_last,)

        tf.while_loop(tf.logical_not, body, (tf.constant(False),), parallel_iterations=1)
        return dict(model.get_metrics_result())

    return traced_for_what_learns(model, run)


def read_batches(inputs: Stored, labels: Array, calls: tf.data.Dataset, *, batch_size: int) -> tf.data.Dataset:
    """Return batches of inputs and labels, and of each whether it is the last of its call.

    Several are read at once, by threads, and come in their order all the same.

    Args:
        inputs: of the split, stored in files.
        labels: of the split.
        calls: int32 vectors of row numbers.
        batch_size: examples in a batch; the last one of a call has what is left.
    """
    all_labels = tf.constant(labels)

    def batches(rows: Any) -> tf.data.Dataset:
        starts = tf.data.Dataset.range(0, tf.size(rows, tf.int64), batch_size)
        return starts.map(lambda at: (rows[at : at + batch_size], at + batch_size >= tf.size(rows, tf.int64)))

    def read(rows: Any, is_last: Any) -> tuple[Any, Any, Any]:
        return _examples(inputs, rows), tf.gather(all_labels, rows), is_last

    at_once = _batches_at_once(inputs, batch_size)
    return calls.flat_map(batches).map(read, num_parallel_calls=at_once, deterministic=True).prefetch(1)


def batches_in_order(inputs: Stored, *, batch_size: int) -> tf.data.Dataset:
    """Return a data set of the examples in their order, in batches."""
    count = len(next(iter(columns_of(inputs).values())))
    rows = tf.data.Dataset.range(count, output_type=tf.int32).batch(batch_size)
    at_once = _batches_at_once(inputs, batch_size)
    return rows.map(lambda rows: _examples(inputs, rows), num_parallel_calls=at_once, deterministic=True).prefetch(1)


@contextmanager
def read_errors() -> Iterator[None]:
    """Raise what went wrong in a reading thread as it was raised there, not wrapped in a page of TensorFlow's."""
    try:
        yield
    except tf.errors.OpError as error:
        if not (found := _READING_FAILED.search(str(error))):
            raise
        raise UserError(found[1]) from None


def _examples(inputs: Stored, rows: Any) -> Any:
    """Read the examples in these rows, all columns in one call into Python."""
    columns = columns_of(inputs)
    dtypes = [tf.string if column.dtype.hasobject else column.dtype for column in columns.values()]
    arrays = tf.numpy_function(
        lambda rows: list(columns_of(inputs.read(rows)).values()), [rows], dtypes, stateful=False
    )
    examples = {
        name: tf.ensure_shape(array, (None, *column.shape[1:]))
        for (name, column), array in zip(columns.items(), arrays, strict=True)
    }
    return examples if isinstance(inputs, Mapping) else examples[""]


def _batches_at_once(inputs: Stored, batch_size: int) -> int:
    columns = columns_of(inputs).values()
    bytes_of_batch = batch_size * sum(column.nbytes // max(1, len(column)) for column in columns)
    return max(1, min(THREADS, _READ_AHEAD // (2 * max(1, bytes_of_batch))))  # as many are read as wait
