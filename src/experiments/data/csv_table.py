"""Any CSV file with named columns as a table to predict one of its columns from others."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from experiments.data.digest import verified
from experiments.data.gathered import gather
from experiments.data.gathered_table import gather_table
from experiments.data.hold_out import hold_out_test
from experiments.data.memory import InMemory, is_held, unpacked_bytes
from experiments.errors import UserError, did_you_mean
from experiments.paths import DATA_FILES
from experiments.types import Array, RawData, Target

_ROWS_AT_ONCE = 100_000


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
        UserError: the file cannot be read, lacks a column, has an empty cell or one that is no number.
    """
    import pandas as pd

    file = _file(path, sha256)
    if not label or not columns:
        raise UserError(
            "data.label must name the column to predict, and data.columns those to predict it from, such as "
            "'data.columns={age: float_normalized, town: string_categorical}'."
        )
    hold = is_held(in_memory, unpacked_bytes(file), origin=str(file))
    inputs, labels = gather_table(hold=hold, folder=folder), gather(hold=True, folder=None)
    for rows in _complete_rows(file, separator, encoding, wanted=[label, *columns], missing=missing):
        inputs.extend({name: _column(rows[name], kind, file) for name, kind in columns.items()})
        labels.extend(_column(rows[label], "float" if target == "number" else "string", file))
    values, class_names = np.asarray(labels.inputs()), ()
    if target == "classes":
        values, class_names = pd.factorize(values, sort=True)
    return hold_out_test(
        inputs.inputs(),
        values,
        test_split=test_split,
        stratify=target == "classes",
        origin=str(file),
        class_names=tuple(class_names),
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


def _complete_rows(file: Path, separator: str, encoding: str, *, wanted: Sequence[str], missing: str) -> Iterator[Any]:
    """Yield the wanted columns of some thousands of rows at a time, as tables of texts without an empty cell."""
    import pandas as pd

    try:
        pieces = pd.read_csv(
            file, sep=separator, encoding=encoding, dtype=str, skipinitialspace=True, chunksize=_ROWS_AT_ONCE
        )
        for table in pieces:
            for name in wanted:
                if name not in table.columns:
                    known = ", ".join(table.columns)
                    raise UserError(
                        f"{file} has no column {name!r}.{did_you_mean(name, table.columns)} It has {known}."
                    )
            yield _complete(table[wanted], missing, file)
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
            f"{file} has an empty cell in column {name!r}, in line {int(gaps[name].idxmax()) + 2}. Leave such rows "
            "out, data.source.missing=drop, or fill them in."
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
