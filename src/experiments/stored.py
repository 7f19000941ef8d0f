"""Examples that lie in files and are read when they are wanted. NumPy and the standard library only."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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

    def take(self, rows: slice | Array | Sequence[int]) -> StoredInputs:
        """Return a view of these rows, as ``[rows]`` does."""
        return StoredInputs(store=self.store, rows=self.rows[rows])

    __getitem__ = take

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
        return read_ahead(self.store.read, _cut(self.rows, nbytes=self.nbytes))


class StoredColumns(Mapping[str, StoredInputs]):
    """Named columns of the same examples in an order of their own: a mapping of which nothing is held in memory.

    Args:
        numbers: rows of a structured type, with a field for each column of numbers.
        texts: each column of texts, by its name.
        names: of the columns, in their order.
        rows: row numbers in the stores, shape ``(n,)``; ``None`` for all.
    """

    def __init__(
        self, *, numbers: Store, texts: Mapping[str, Store], names: Sequence[str], rows: Array | None = None
    ) -> None:
        self._numbers, self._texts, self._names = numbers, texts, names
        self.rows = np.arange(self._store(names[0]).shape[0]) if rows is None else rows

    def take(self, rows: slice | Array | Sequence[int]) -> StoredColumns:
        """Return these rows of the columns."""
        return StoredColumns(numbers=self._numbers, texts=self._texts, names=self._names, rows=self.rows[rows])

    def read(self, rows: Array) -> dict[str, Array]:
        """Return all columns of these rows of the view; what lies together is read once."""
        return self._read(self.rows[rows])

    def chunks(self) -> Iterator[dict[str, Array]]:
        """Yield all columns of all rows in order, some megabytes at a time, read by all cores."""
        return read_ahead(self._read, _cut(self.rows, nbytes=sum(column.nbytes for column in self.values())))

    def _read(self, rows: Array) -> dict[str, Array]:
        columns = {name: store.read(rows) for name, store in self._texts.items()}
        if fields := set(self._names) - columns.keys():
            numbers = self._numbers.read(rows)
            columns |= {name: numbers[name].copy() for name in fields}
        return {name: columns[name] for name in self._names}

    def _store(self, name: str) -> Store:
        return self._texts[name] if name in self._texts else Field(self._numbers, name)

    def __getitem__(self, name: str) -> StoredInputs:
        return StoredInputs(store=self._store(name), rows=self.rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Field:
    """A store of one field of rows of a structured type."""

    def __init__(self, store: Store, name: str) -> None:
        self._store, self._name = store, name
        self.shape, self.dtype = store.shape, store.dtype[name]
        self.nbytes = self.shape[0] * self.dtype.itemsize

    def read(self, rows: Array) -> Array:
        """Return the field in these rows."""
        return self._store.read(rows)[self._name].copy()


Stored = StoredInputs | StoredColumns


def _cut(rows: Array, *, nbytes: int) -> Iterator[Array]:
    """Yield row numbers in pieces of some megabytes, all of them being so many bytes."""
    size = max(1, _CHUNK * len(rows) // max(1, nbytes))
    return (rows[at : at + size] for at in range(0, len(rows), size))


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
