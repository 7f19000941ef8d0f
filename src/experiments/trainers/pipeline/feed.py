"""The input pipeline: the only place that decides how examples reach the training and the validation step.

| examples | cached | shuffled | read | batched |
|---|---|---|---|---|
| held in memory | as tensors | row numbers | never again | gathered in the step's graph, many steps a call |
| stored in files | not at all | the same row numbers | by threads, ahead of the steps | by tf.data |

Both ways, the same seed gives the same examples in the same order, and augmentation works in the step's graph.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from experiments.stored import Stored
from experiments.trainers.pipeline.held import Function, over_tensors
from experiments.trainers.pipeline.order import rows_in_order, shuffled_rows
from experiments.trainers.pipeline.streamed import batches_in_order, over_batches, read_batches
from experiments.types import Inputs, Split, columns_of

Step = Callable[[Any], Any]
_ADAPTED_TO = 4 * 2**20  # bytes at a time
_BATCH = 32  # examples that are scored at once, as by Keras


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A data set, and the function that takes steps on what its iterator gives, some of them in each call."""

    dataset: tf.data.Dataset
    run: Function


def training_feed(
    model: Any, step: Step, split: Split, *, batch_size: int, steps_per_call: int, seed: int, augmentation: Any = None
) -> Feed:
    """Return an endless feed of training batches, in a new order in each epoch.

    Args:
        model: whose metrics the feed's function returns.
        step: what learns from a pair of inputs and labels.
        split: to be learnt from.
        batch_size: examples in a step; the last one of an epoch takes what is left.
        steps_per_call: steps in each call of the feed's function; the last call of an epoch takes what is left.
        seed: of the orders.
        augmentation: a layer that changes raw inputs at random before the step sees them; ``None`` for none.
    """
    rows = shuffled_rows(len(split), rows_per_call=steps_per_call * batch_size, seed=seed)
    step = _augmented(step, augmentation) if augmentation else step
    return _feed(model, step, split, rows, batch_size=batch_size)


def validation_feed(model: Any, step: Step, split: Split, *, batch_size: int) -> Feed | None:
    """Return a feed whose function takes one step after another over the whole split in one call.

    ``fit`` has to be told so: ``validation_steps=1``.

    Returns:
        ``None`` where the split is empty.
    """
    if not len(split):
        return None
    return _feed(model, step, split, rows_in_order(len(split)).repeat(), batch_size=batch_size)


def adapted_to(inputs: Inputs) -> Any:
    """Return all examples as ``adapt`` takes them without holding what is stored.

    Of columns each is looked at by itself, so that small batches would take long.
    """
    columns = columns_of(inputs).values()
    bytes_of_one = sum(column.nbytes // max(1, len(column)) for column in columns)
    size = max(1, _ADAPTED_TO // max(1, bytes_of_one))
    if isinstance(inputs, Stored):
        return batches_in_order(inputs, batch_size=size)
    return _cut(inputs, size) if isinstance(inputs, Mapping) else inputs


def _cut(columns: Mapping[str, Any], size: int) -> tf.data.Dataset:
    tensors = {name: tf.constant(column) for name, column in columns.items()}
    starts = tf.data.Dataset.range(0, len(next(iter(tensors.values()))), size)
    return starts.map(lambda at: {name: tensor[at : at + size] for name, tensor in tensors.items()})


def whole(inputs: Inputs) -> Any:
    """Return all examples, in their order, as ``predict`` takes them without holding what is stored."""
    return batches_in_order(inputs, batch_size=_BATCH) if isinstance(inputs, Stored) else inputs


def labelled(split: Split) -> dict[str, Any]:
    """Return the same with labels, as arguments of ``evaluate``."""
    if not isinstance(split.inputs, Stored):
        return {"x": split.inputs, "y": split.labels}
    labels = tf.data.Dataset.from_tensor_slices(split.labels).batch(_BATCH)
    return {"x": tf.data.Dataset.zip(whole(split.inputs), labels)}


def _feed(model: Any, step: Step, split: Split, rows: tf.data.Dataset, *, batch_size: int) -> Feed:
    if isinstance(split.inputs, Stored):
        batches = read_batches(split.inputs, split.labels, rows, batch_size=batch_size)
        return Feed(dataset=batches, run=over_batches(model, step))
    return Feed(dataset=rows, run=over_tensors(model, step, split, batch_size=batch_size))


def _augmented(step: Step, augmentation: Any) -> Step:
    def augment(inputs: Any) -> Any:
        changed = augmentation(inputs, training=True)
        changed = tf.round(changed) if inputs.dtype.is_integer else changed
        return tf.saturate_cast(changed, inputs.dtype)

    return lambda batch: step((augment(batch[0]), batch[1]))
