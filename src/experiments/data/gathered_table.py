"""The columns of a table, gathered some rows at a time: in memory, or in files that vanish with the process."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from experiments.data.gathered import InFile, InMemory
from experiments.stored import StoredColumns
from experiments.types import Array, Inputs


class GatheredTable(Protocol):
    """Named columns, while their rows come in."""

    def extend(self, columns: Mapping[str, Array]) -> None:
        """Add rows: for each column numbers or texts, shape ``(k,)``."""

    def inputs(self) -> Inputs:
        """Return all columns; nothing can be added after that."""


def gather_table(*, hold: bool, folder: str | None) -> GatheredTable:
    """Return what gathers rows in memory, column by column, or in files, the numbers of a row side by side.

    Args:
        hold: in memory.
        folder: of the files, as for ``InFile``.
    """
    return _Held() if hold else _Stored(folder)


class _Held:
    def __init__(self) -> None:
        self._columns: dict[str, InMemory] = {}

    def extend(self, columns: Mapping[str, Array]) -> None:
        for name, values in columns.items():
            self._columns.setdefault(name, InMemory()).extend(values)

    def inputs(self) -> Inputs:
        return {name: column.inputs() for name, column in self._columns.items()}


class _Stored:
    def __init__(self, folder: str | None) -> None:
        self._folder, self._names = folder, list[str]()
        self._numbers, self._texts = InFile(folder), dict[str, InFile]()

    def extend(self, columns: Mapping[str, Array]) -> None:
        self._names = list(columns)
        numbers = {name: values for name, values in columns.items() if not values.dtype.hasobject}
        rows = np.empty(len(columns[self._names[0]]), dtype=[(name, values.dtype) for name, values in numbers.items()])
        for name, values in numbers.items():
            rows[name] = values
        self._numbers.extend(rows)
        for name in columns.keys() - numbers.keys():
            self._texts.setdefault(name, InFile(self._folder)).extend(columns[name])

    def inputs(self) -> Inputs:
        texts = {name: column.inputs().store for name, column in self._texts.items()}
        return StoredColumns(numbers=self._numbers.inputs().store, texts=texts, names=self._names)
