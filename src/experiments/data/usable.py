"""Whether arrays of your own can be learnt from: refuse by name what would crash, or spoil, the training."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any, Protocol

import numpy as np

from experiments.errors import UserError
from experiments.stored import Store, StoredInputs
from experiments.types import Array

_NUMBERS = "buif"  # NumPy's kinds of dtypes: booleans, whole numbers, floats
_WIDEST = 8  # bytes of a number
_AT_ONCE = 1 << 20  # numbers that are checked at a time


class Shaped(Protocol):
    """An array, in memory or not."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the array."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the array."""


def check_numbers(name: str, array: Shaped) -> None:
    """Check that an array has an axis of examples, no empty one, and holds numbers.

    Raises:
        UserError: it is otherwise.
    """
    if not array.shape or 0 in array.shape:
        raise UserError(f"the array {name!r} must have the shape (n, …) without an empty axis, got {array.shape}.")
    if array.dtype.kind not in _NUMBERS or array.dtype.itemsize > _WIDEST:
        cure = "array.astype('float32')."
        if array.dtype.kind in "US":
            cure = "classes are named in data.class_names, and numbered by numpy.unique(names, return_inverse=True)[1]."
        raise UserError(
            f"the array {name!r} must hold numbers of at most 64 bits, got {array.dtype}. Convert it: {cure}"
        )


def check_alike(name: str, array: Shaped, *, like: Shaped, like_name: str) -> None:
    """Check that test examples are such as the training examples are.

    Raises:
        UserError: the shapes or the types differ.
    """
    if array.shape[1:] != like.shape[1:]:
        raise UserError(
            f"examples of {name!r} have the shape {array.shape[1:]}, those of {like_name!r} {like.shape[1:]}; a model "
            "takes one."
        )
    kinds = {array.dtype.kind, like.dtype.kind}
    if not (len(kinds) == 1 or kinds == {"u", "i"}) or not np.can_cast(array.dtype, like.dtype, "same_kind"):
        raise UserError(
            f"{name!r} holds {array.dtype}, {like_name!r} {like.dtype}; a model takes one. Convert it to {like.dtype}, "
            "and scale it alike."
        )


def finite(name: str, inputs: Array | StoredInputs) -> Array | StoredInputs:
    """Return the examples, held ones checked for NaN and infinity, stored ones such that they are when they are read.

    Raises:
        UserError: a held one is not finite.
    """
    if inputs.dtype.kind != "f":
        return inputs
    if isinstance(inputs, StoredInputs):
        return StoredInputs(store=Finite(store=inputs.store, name=name), rows=inputs.rows)
    for begin, part in _parts(inputs):
        _check_finite(name, part, np.arange(begin, begin + len(part)))
    return inputs


def _parts(array: Array) -> Iterator[tuple[int, Array]]:
    size = max(1, _AT_ONCE // max(1, prod(array.shape[1:])))
    return ((begin, array[begin : begin + size]) for begin in range(0, len(array), size))


def _check_finite(name: str, array: Array, rows: Array) -> None:
    good = np.isfinite(array)
    if not good.all():
        place = tuple(np.argwhere(~good)[0])
        raise UserError(
            f"the array {name!r} holds {array[place]} in row {rows[place[0]]}, from which nothing can be learnt. Leave "
            "such rows out, or fill them in: numpy.nan_to_num."
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Finite:
    """The examples of a store, checked whenever they are read; the fingerprint reads them all before training.

    Args:
        store: of floats.
        name: of the array, for messages.
    """

    store: Store
    name: str

    @property
    def shape(self) -> tuple[int, ...]:
        """Of all examples."""
        return self.store.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the examples."""
        return self.store.dtype

    @property
    def nbytes(self) -> int:
        """Of all examples."""
        return self.store.nbytes

    def read(self, rows: Array) -> Array:
        """Return the examples in these rows.

        Raises:
            UserError: one holds NaN or infinity.
        """
        examples = self.store.read(rows)
        _check_finite(self.name, examples, rows)
        return examples
