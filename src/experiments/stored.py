"""Examples that lie in files and are read when they are wanted. NumPy and the standard library only."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

if TYPE_CHECKING:
    from experiments.types import Array

_CHUNK = 8 * 2**20  # bytes that are read at a time
THREADS = os.cpu_count() or 1
Item = TypeVar("Item")
Result = TypeVar("Result")


class Store(Protocol):
    """Files that hold examples of one shape and type."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of all examples: ``(n, *input_shape)``."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the examples; object for texts."""

    @property
    def nbytes(self) -> int:
        """Of all examples, in bytes."""

    def read(self, rows: Array) -> Array:
        """Return the examples in these rows, shape ``(len(rows), *input_shape)``; several threads may call it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class StoredInputs:
    """Some examples of a store, in an order of their own: an array in all but that nothing is held in memory.

    Slices and row numbers give further such views. ``np.asarray`` reads a view into memory.

    Args:
        store: where the examples are.
        rows: their row numbers in the store, shape ``(n,)``.
    """

    store: Store
    rows: Array

    @classmethod
    def all_of(cls, store: Store) -> StoredInputs:
        """Return all examples of a store."""
        return cls(store=store, rows=np.arange(store.shape[0]))

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the examples in the view: ``(n, *input_shape)``."""
        return (len(self.rows), *self.store.shape[1:])

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the examples."""
        return self.store.dtype

    @property
    def nbytes(self) -> int:
        """Bytes that they would take in memory, of texts about."""
        return self.store.nbytes * len(self) // max(1, self.store.shape[0])

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows: slice | Array | Sequence[int]) -> StoredInputs:
        return StoredInputs(store=self.store, rows=self.rows[rows])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        held, end = np.empty(self.shape, dtype or self.dtype), 0
        for chunk in self.chunks():
            held[end : end + len(chunk)] = chunk
            end += len(chunk)
        return held

    def read(self, rows: Array) -> Array:
        """Return the examples in these rows of the view."""
        return self.store.read(self.rows[rows])

    def chunks(self) -> Iterator[Array]:
        """Yield all examples in order, some megabytes at a time, read by all cores."""
        size = max(1, _CHUNK * len(self) // max(1, self.nbytes))
        return read_ahead(self.store.read, (self.rows[at : at + size] for at in range(0, len(self), size)))


def read_ahead(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield ``function(item)`` of each item in order, while threads are at work on the next few.

    Example:
        >>> list(read_ahead(abs, [-1, 2, -3]))
        [1, 2, 3]
    """
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        for item in (left := iter(items)):
            waiting.append(pool.submit(function, item))
            waiting.extend(pool.submit(function, following) for following in islice(left, 2 * THREADS - len(waiting)))
            yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
