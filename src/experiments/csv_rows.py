"""The rows of a CSV file, read alike to train and to predict. NumPy and pandas only."""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from experiments.encodings import wrong_encoding
from experiments.errors import UserError, did_you_mean
from experiments.types import Array

_SURPLUS = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")  # pandas' words
_OTHER_SEPARATORS = (";", "\t", ",", "|")


@dataclass(frozen=True, kw_only=True)
class CsvFile:
    r"""A CSV file whose first line names the columns.

    Args:
        path: of the file.
        separator: between two cells; ``\t`` may be written as two characters.
        encoding: of the file.
        missing_values: words that stand for an empty cell, such as ``NA``.
        knobs: where these three are set, such as ``data.source``; empty where they are those of the training data.
    """

    path: Path
    separator: str = ","
    encoding: str = "utf-8"
    missing_values: Sequence[str] = ()
    knobs: str = ""

    @property
    def reading(self) -> Mapping[str, Any]:
        """How the file is read, so that another one can be read alike."""
        return {
            "separator": self.separator,
            "encoding": self.encoding,
            "missing_values": list(self.missing_values),
        }

    def tables(self, wanted: Sequence[str] | None, *, rows_at_once: int = 100_000) -> Iterator[Any]:
        """Yield some rows at a time, as a data frame of texts and NaN for empty cells.

        Spaces around a cell or a name are no part of it: "Bonn " is no town beside "Bonn". The index counts the rows
        from 1: lines differ where a cell holds line breaks, or lines are blank.

        Args:
            wanted: names of columns; ``None`` for all.
            rows_at_once: at most so many.

        Raises:
            UserError: the file cannot be read, a column is missing or there twice, or a row is longer than the header.
        """
        try:
            yield from self._tables(wanted, rows_at_once)
        except UnicodeError as error:
            knob = self.knobs and f"{self.knobs}.encoding"
            raise wrong_encoding(self.path, self.encoding, error, knob=knob) from error
        except (OSError, EOFError, LookupError, ValueError, zlib.error) as error:
            if surplus := _SURPLUS.search(str(error)):
                raise UserError(_too_long(self.path, *surplus.groups())) from error
            raise UserError(f"{self.path} cannot be read as CSV: {str(error).rstrip('. ')}.") from error

    def _tables(self, wanted: Sequence[str] | None, rows_at_once: int) -> Iterator[Any]:
        import pandas as pd

        separator = self.separator.replace("\\t", "\t")
        names: list[str] = []
        pieces = pd.read_csv(
            self.path,
            header=None,  # with a header, pandas takes surplus cells for an index and moves the others
            sep=separator,
            engine="c" if len(separator) == 1 or separator == r"\s+" else "python",
            encoding=self.encoding,
            dtype=str,
            skipinitialspace=True,
            keep_default_na=False,  # "None" and "NA" are words, too
            na_values=[""],
            chunksize=rows_at_once,
        )
        for piece in pieces:
            table = piece if names else piece.iloc[1:]
            if not names:
                names = [f"Unnamed: {n}" if pd.isna(name) else name.strip() for n, name in enumerate(piece.iloc[0])]
                self._check(names, wanted or [])
            table.columns = names
            chosen = (table if wanted is None else table[wanted]).apply(lambda cells: cells.str.strip())
            yield chosen.mask(chosen.isin(["", *self.missing_values]))

    def _check(self, names: Sequence[str], wanted: Sequence[str]) -> None:
        for name in wanted:
            if name not in names:
                hint = self._other_separator(names) or did_you_mean(name, names)
                raise UserError(f"{self.path} has no column {name!r}.{hint} It has {', '.join(names)}.")
            if names.count(name) > 1:
                raise UserError(f"{self.path} has {names.count(name)} columns {name!r}: rename all but one.")

    def _other_separator(self, names: Sequence[str]) -> str:
        found = next((mark for mark in _OTHER_SEPARATORS if mark in names[0]), "")
        if len(names) > 1 or not found:
            return ""
        if not self.knobs:
            return f" The training data was separated by {self.separator!r}: separate the file so."
        return f' Set "{self.knobs}.separator={found!r}".'


def _too_long(file: Path, expected: str, line: str, found: str) -> str:
    return (
        f"{file}: the header names {expected} columns, but a row has {found} cells, in line {line}, or below where "
        "cells hold line breaks. Quote cells that hold the separator, and take surplus separators away."
    )


def refuse_gaps(table: Any, file: Path, *, cure: str) -> None:
    """Raise ``UserError`` for the first empty cell of a data frame."""
    gaps = table.isna()
    if gaps.any(axis=None):
        row = gaps.any(axis=1).idxmax()
        raise UserError(f"{file} has an empty cell in column {gaps.loc[row].idxmax()!r}, in row {row}. {cure}")


def as_numbers(column: Any, dtype: str, file: Path, *, cure: str = "") -> Array:
    """Return a column of texts as finite numbers.

    Args:
        column: a series.
        dtype: of the numbers.
        file: that the column is from, for the message.
        cure: what else the column could be used for, a sentence.

    Raises:
        UserError: a cell holds something else; its row is named.
    """
    cells = np.array(column, dtype=object)
    if (numbers := _numbers(cells, dtype)) is not None:
        return numbers
    row, cell = next((row, cell) for row, cell in column.items() if _numbers(np.array([cell], object), dtype) is None)
    kind = "whole number" if np.issubdtype(dtype, np.integer) else "finite number"
    raise UserError(f"{file}: column {column.name!r}, row {row} must hold a {kind} ({dtype}), got {cell!r:.60}.{cure}")


def _numbers(cells: Array, dtype: str) -> Array | None:
    try:
        with np.errstate(over="ignore"):
            numbers = cells.astype(dtype)
    except (ValueError, OverflowError):
        return None
    return numbers if np.isfinite(numbers).all() else None
