"""Any CSV file with named columns as a table to predict one of its columns from others."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from experiments.data.digest import verified
from experiments.data.hold_out import hold_out_test
from experiments.errors import UserError, did_you_mean
from experiments.paths import DATA_FILES
from experiments.types import Array, RawData, Target


def csv_table(
    *,
    path: str | None = None,
    label: str | None = None,
    columns: Mapping[str, str] | None = None,
    target: Target,
    missing: Literal["drop", "refuse"] = "refuse",
    test_split: float = 0.2,
    separator: str = ",",
    encoding: str = "utf-8",
    sha256: str | None = None,
) -> RawData:
    """Load a CSV file whose first line names the columns.

    Args:
        path: of the file; one that is not found is looked for among those of the package.
        label: name of the column to predict.
        columns: the columns to predict it from, each with its kind in the words of ``keras.utils.FeatureSpace``: those
            that begin with ``float`` are read as float32, with ``integer`` as int64, with ``string`` as text.
        target: ``classes``, whose names are the sorted values of the column, or ``number``.
        missing: ``drop`` leaves rows with an empty cell out, ``refuse`` raises.
        test_split: share of the rows held out for the test, in (0, 1); stratified for classes.
        separator: between two cells.
        encoding: of the file.
        sha256: expected of the file, 64 hexadecimal digits; ``None`` for any.

    Returns:
        Inputs by the name of their column, shape ``(n,)`` each.

    Raises:
        UserError: the file cannot be read, lacks a column, has an empty cell or one that is no number.
    """
    file = _file(path, sha256)
    if not label or not columns:
        raise UserError(
            "data.label must name the column to predict, and data.columns those to predict it from, such as "
            "'data.columns={age: float_normalized, town: string_categorical}'."
        )
    table = _read(file, separator, encoding)
    for name in (label, *columns):
        if name not in table.columns:
            known = ", ".join(table.columns)
            raise UserError(f"{file} has no column {name!r}.{did_you_mean(name, table.columns)} It has {known}.")
    table = _complete(table[[*columns, label]], missing, file)
    inputs = {name: _column(table[name], kind, file) for name, kind in columns.items()}
    if target == "number":
        labels, class_names = _column(table[label], "float", file), ()
    else:
        class_names = tuple(sorted(set(table[label])))
        labels = np.array([class_names.index(value) for value in table[label]])
    return hold_out_test(
        inputs,
        labels,
        test_split=test_split,
        stratify=target == "classes",
        origin=str(file),
        class_names=class_names,
    )


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


def _read(file: Path, separator: str, encoding: str) -> Any:
    import pandas as pd

    try:
        return pd.read_csv(file, sep=separator, encoding=encoding, dtype=str, skipinitialspace=True)
    except UnicodeError as error:
        raise UserError(
            f"{file} is not text in {encoding} ({error}). Set data.source.encoding=latin-1, say."
        ) from error
    except (OSError, LookupError, ValueError) as error:
        raise UserError(f"{file} cannot be read as CSV: {error}") from error


def _complete(table: Any, missing: str, file: Path) -> Any:
    gaps = table.isna()
    if missing == "refuse" and gaps.any(axis=None):
        name = gaps.any().idxmax()
        raise UserError(
            f"{file} has {int(gaps[name].sum())} empty cells in column {name!r}, the first in line "
            f"{int(gaps[name].idxmax()) + 2}. Leave those rows out, data.source.missing=drop, or fill them in."
        )
    return table.dropna()


def _column(values: Any, kind: str, file: Path) -> Array:
    if kind.startswith("string"):
        return np.array(values, dtype=object)
    dtype = np.int64 if kind.startswith("integer") else np.float32
    try:
        return np.array(values).astype(dtype)
    except ValueError as error:
        raise UserError(
            f"{file}: column {values.name!r} is {kind}, but holds something else ({error}). "
            f"For words choose data.columns.{values.name}=string_categorical."
        ) from error
