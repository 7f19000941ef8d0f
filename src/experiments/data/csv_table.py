"""Any CSV file with named columns as a table to predict one of its columns from others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from experiments.csv_rows import CsvFile, as_numbers, refuse_gaps
from experiments.data.digest import verified
from experiments.data.gathered import gather
from experiments.data.gathered_table import gather_table
from experiments.data.hold_out import hold_out_test
from experiments.data.memory import InMemory, is_held, unpacked_bytes
from experiments.data.table_columns import checked_columns
from experiments.errors import UserError
from experiments.paths import DATA_FILES
from experiments.types import Array, RawData, Target

_ROWS_AT_ONCE = 100_000
_GAP = " For a word that stands for an empty cell: 'data.source.missing_values=[WORD]'."


def csv_table(
    *,
    path: str | None = None,
    label: str | None = None,
    columns: Mapping[str, str] | None = None,
    target: Target,
    missing: Literal["drop", "refuse"] = "refuse",
    missing_values: Sequence[str] = (),
    test_split: float = 0.2,
    separator: str = ",",
    encoding: str = "utf-8",
    sha256: str | None = None,
    in_memory: InMemory = "auto",
    folder: str | None = None,
) -> RawData:
    """Load a CSV file whose first line names the columns.

    Args:
        path: of the file; one that is not found is looked for among those of the package.
        label: name of the column to predict.
        columns: the columns to predict it from, each with its kind in the words of ``keras.utils.FeatureSpace``: those
            that begin with ``float`` are read as float32, with ``integer`` as int64, with ``string`` as text.
        target: ``classes``, whose names are the sorted values of the column, or ``number``.
        missing: ``drop`` leaves rows with an empty cell out, ``refuse`` raises.
        missing_values: words that stand for an empty cell, such as ``NA``.
        test_split: share of the rows held out for the test, in (0, 1); stratified for classes.
        separator: between two cells.
        encoding: of the file.
        sha256: expected of the file, 64 hexadecimal digits; ``None`` for any.
        in_memory: ``True`` holds the columns, ``False`` reads rows from files of their own, made for the time that the
            process lives; ``"auto"`` (default) holds them if the file is smaller than a third of the memory that is
            available.
        folder: in which those files lie; ``None`` (default) for that of the system's temporary files.

    Returns:
        Inputs by the name of their column, shape ``(n,)`` each.

    Raises:
        UserError: the file cannot be read, lacks a column, has a row longer than its header, an empty cell, or one that
            is no finite number; a kind is unknown, or a missing value no word.
    """
    import pandas as pd

    found = _file(path, sha256)
    name_of_label, kinds = checked_columns(label, columns)
    file = CsvFile(
        path=found,
        separator=separator,
        encoding=encoding,
        missing_values=_words(missing_values),
        knobs="data.source",
    )
    hold = is_held(in_memory, unpacked_bytes(file.path), origin=str(file.path))
    inputs, labels = gather_table(hold=hold, folder=folder), gather(hold=True, folder=None)
    for rows in _complete_rows(file, [name_of_label, *kinds], missing):
        inputs.extend({name: _column(rows[name], kind, file.path) for name, kind in kinds.items()})
        labels.extend(_labels(rows[name_of_label], target, file.path))
    values, class_names = np.asarray(labels.inputs()), ()
    if target == "classes":
        values, class_names = pd.factorize(values, sort=True)
    raw = hold_out_test(
        inputs.inputs(),
        values,
        test_split=test_split,
        stratify=target == "classes",
        origin=str(file.path),
        class_names=tuple(class_names),
    )
    return replace(raw, reading=file.reading)


def _file(path: str | None, digest: str | None) -> Path:
    if not path:
        raise UserError("data.path must name a CSV file, got null. Set it: data.path=FILE.")
    file = Path(path).expanduser()
    shipped = DATA_FILES / path
    if not file.is_file() and not shipped.is_file():
        raise UserError(f"data file {file} is missing. data.path must name a CSV file.")
    file = file if file.is_file() else shipped
    cure = "Use the unaltered file, or another one by choice: data=csv."
    return verified(file, digest, cure=cure) if digest else file


def _words(missing_values: str | Sequence[Any]) -> tuple[str, ...]:
    """Return the words as they stand in the file; unquoted, ``NaN`` and ``null`` have become something else by now."""
    words = [missing_values] if isinstance(missing_values, str) else missing_values
    for word in words:
        if type(word) not in (str, int):
            raise UserError(
                f"data.source.missing_values must hold words, got {word!r}. Write them as they stand in the file, in "
                "quotes, such as 'data.source.missing_values=[\"NaN\"]'."
            )
    return tuple(map(str, words))


def _complete_rows(file: CsvFile, columns: Sequence[str], missing: str) -> Iterator[Any]:
    """Yield the wanted columns of some thousands of rows at a time, as tables of texts without an empty cell."""
    for table in file.tables(columns, rows_at_once=_ROWS_AT_ONCE):
        if missing == "refuse":
            refuse_gaps(table, file.path, cure="Leave such rows out, data.source.missing=drop, or fill them in.")
        yield table.dropna()


def _column(values: Any, kind: str, file: Path) -> Array:
    if kind.startswith("string"):
        return np.array(values, dtype=object)
    cure = f" For words choose data.columns.{values.name}=string_categorical.{_GAP}"
    return as_numbers(values, "int64" if kind.startswith("integer") else "float32", file, cure=cure)


def _labels(values: Any, target: Target, file: Path) -> Array:
    if target == "classes":
        return np.array(values, dtype=object)
    cure = f" For classes: data.target=classes data.split_by=stratified task=classification.{_GAP}"
    return as_numbers(values, "float32", file, cure=cure)
