"""From examples and labels of your own, in arrays, to what a source delivers."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.data.hold_out import hold_out_test
from experiments.data.usable import check_alike, check_numbers, finite
from experiments.errors import UserError
from experiments.stored import Store, StoredInputs
from experiments.types import Array, RawData, Target


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """Training or test examples of your own.

    Args:
        name: of the examples, for messages.
        inputs: the examples, shape ``(n, …)``.
        labels_name: of the labels, for messages.
        labels: shape ``(n,)`` or ``(n, 1)``.
    """

    name: str
    inputs: Array | StoredInputs
    labels_name: str
    labels: Array


def own_examples(
    train: Part, test: Part | None, *, kind: str, target: Target, test_split: float, origin: str
) -> RawData:
    """Check examples and labels, name the classes by their numbers, and hold a test split out where there is none.

    Images of shape ``(n, height, width)`` get a channel.

    Args:
        train: examples and labels.
        test: the same; ``None`` to hold some of the training examples out.
        kind: ``image`` or another.
        target: ``classes`` for labels that count from 0, ``number`` for any.
        test_split: share held out, in (0, 1); stratified for classes.
        origin: where they came from.

    Returns:
        The examples, with class names if the training labels are 0, 1, … without a gap.

    Raises:
        UserError: examples are no numbers, not finite, or not alike; labels are of a wrong shape or type, or not one
            for each example.
    """
    inputs, labels = _checked(train, kind, target)
    class_names = _class_names(labels) if target == "classes" else []
    if not test:
        stratify = target == "classes"
        return hold_out_test(
            inputs, labels, test_split=test_split, stratify=stratify, origin=origin, class_names=class_names
        )
    test_inputs, test_labels = _checked(test, kind, target)
    check_alike(test.name, test_inputs, like=inputs, like_name=train.name)
    return RawData(
        train_inputs=inputs,
        train_labels=labels,
        test_inputs=test_inputs,
        test_labels=test_labels,
        origin=origin,
        class_names=class_names,
    )


def _checked(part: Part, kind: str, target: Target) -> tuple[Array | StoredInputs, Array]:
    check_numbers(part.name, part.inputs)
    labels = _labels(part.labels, part.labels_name, target, len(part.inputs))
    inputs = finite(part.name, part.inputs)
    return _with_channel(inputs) if kind == "image" else inputs, labels


def _class_names(labels: Array) -> list[str]:
    """Return the numbers of the classes; none where they leave a gap, which only names in the config can explain."""
    found = np.unique(labels)
    return [str(label) for label in found] if np.array_equal(found, np.arange(len(found))) else []


def _labels(array: Array, name: str, target: Target, examples: int) -> Array:
    flat = array.reshape(-1) if array.ndim == 2 and array.shape[1] == 1 else array
    if flat.ndim != 1 or not len(flat):
        cure = " Of one-hot labels take numpy.argmax(labels, axis=1)." if target == "classes" and flat.ndim == 2 else ""
        raise UserError(f"the labels {name!r} must have the shape (n,) with n from 1 on, got {array.shape}.{cure}")
    check_numbers(name, flat)
    if target == "classes" and not np.issubdtype(flat.dtype, np.integer):
        raise UserError(
            f"the labels {name!r} must be integers from 0 on for data.target=classes, got {flat.dtype}. Convert them, "
            f"{name}.astype(int), or predict a number: data.target=number."
        )
    if len(flat) != examples:
        raise UserError(f"there are {examples} examples and {len(flat)} labels in {name!r}; each example needs one.")
    return np.asarray(finite(name, flat))


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
