"""From examples and labels of your own, in arrays, to what a source delivers."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.data.hold_out import hold_out_test
from experiments.errors import UserError
from experiments.stored import Store, StoredInputs
from experiments.types import Array, RawData, Target


def own_examples(
    train: tuple[Array | StoredInputs, Array],
    test: tuple[Array | StoredInputs, Array] | None,
    *,
    kind: str,
    target: Target,
    names: tuple[str, str],
    test_split: float,
    origin: str,
) -> RawData:
    """Check labels, name the classes by their numbers, and hold a test split out where there is none.

    Images of shape ``(n, height, width)`` get a channel.

    Args:
        train: examples, and labels of shape ``(n,)`` or ``(n, 1)``.
        test: the same; ``None`` to hold some of the training examples out.
        kind: ``image`` or another.
        target: ``classes`` for labels that count from 0, ``number`` for any.
        names: of the training and the test labels, for messages.
        test_split: share held out, in (0, 1); stratified for classes.
        origin: where they came from.

    Raises:
        UserError: labels are of a wrong shape or type, or not one for each example.
    """
    (inputs, labels), *tests = [
        (_with_channel(inputs) if kind == "image" else inputs, _labels(labels, name, target, len(inputs)))
        for (inputs, labels), name in zip([train, *([test] if test else [])], names, strict=False)
    ]
    counted = int(labels.max()) + 1 if target == "classes" else 0
    class_names = [str(label) for label in range(counted)]
    if not tests:
        stratify = target == "classes"
        return hold_out_test(
            inputs, labels, test_split=test_split, stratify=stratify, origin=origin, class_names=class_names
        )
    return RawData(
        train_inputs=inputs,
        train_labels=labels,
        test_inputs=tests[0][0],
        test_labels=tests[0][1],
        origin=origin,
        class_names=class_names,
    )


def _labels(array: Array, name: str, target: Target, examples: int) -> Array:
    flat = array.reshape(-1) if array.ndim == 2 and array.shape[1] == 1 else array
    if flat.ndim != 1 or not len(flat):
        raise UserError(f"the labels {name!r} must have the shape (n,) with n from 1 on, got {array.shape}.")
    if target == "classes" and not np.issubdtype(flat.dtype, np.integer):
        raise UserError(f"the labels {name!r} must be integers from 0 on for data.target=classes, got {flat.dtype}.")
    if len(flat) != examples:
        raise UserError(f"there are {examples} examples and {len(flat)} labels in {name!r}; each example needs one.")
    return flat


def _with_channel(inputs: Array | StoredInputs) -> Array | StoredInputs:
    if len(inputs.shape) != 3:
        return inputs
    if isinstance(inputs, StoredInputs):
        return StoredInputs(store=WithChannel(store=inputs.store), rows=inputs.rows)
    return inputs[..., np.newaxis]


@dataclass(frozen=True, kw_only=True, eq=False)
class WithChannel:
    """The examples of a store with an axis of length 1 behind the others."""

    store: Store

    @property
    def shape(self) -> tuple[int, ...]:
        """Of all examples: ``(n, …, 1)``."""
        return (*self.store.shape, 1)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the examples."""
        return self.store.dtype

    @property
    def nbytes(self) -> int:
        """Of all examples."""
        return self.store.nbytes

    def read(self, rows: Array) -> Array:
        """Return the examples in these rows."""
        return self.store.read(rows)[..., np.newaxis]
