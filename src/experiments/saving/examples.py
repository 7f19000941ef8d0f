"""Raw examples for a kept model from the files that a user has: pictures, texts, tables, arrays."""

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.csv_rows import CsvFile, as_numbers, refuse_gaps
from experiments.encodings import text_in
from experiments.errors import UserError
from experiments.picture_file import picture_in
from experiments.types import Array, Held

About = Mapping[str, Any]
"""What ``results.json`` says of the data: ``kind``, and ``shape`` and ``dtype`` or ``columns`` of one example; and how
files were read, ``reading``, where that is not the only way."""
_FILE_ENDINGS = {".txt", ".npy", ".csv"}
"""What ends so is no text itself, whether or not there is such a file."""


def read_examples(sources: Sequence[str], about: About) -> tuple[list[str], Held]:
    """Return a name for each example, and the examples as the model takes them.

    Args:
        sources: ``.npy`` arrays of one or many examples; for a model of images also pictures of any size, of tables
            ``.csv`` files, of texts ``.txt`` files or the texts themselves.
        about: the data that the model was trained on.

    Raises:
        UserError: a file is missing, or is not what the model takes.
    """
    names: list[str] = []
    parts: list[Any] = []
    for source in sources:
        examples = _read(source, about)
        count = len(next(iter(examples.values()))) if isinstance(examples, Mapping) else len(examples)
        names += [source] if count == 1 else [f"{source}[{row}]" for row in range(count)]
        parts.append(examples)
    if "columns" in about:
        return names, {name: np.concatenate([part[name] for part in parts]) for name in about["columns"]}
    return names, np.concatenate(parts)


def _read(source: str, about: About) -> Held:
    file = Path(os.path.expanduser(source))  # noqa: PTH111 - Path's own raises for a text such as "~ so so"
    ending, is_file = file.suffix.lower(), os.path.isfile(file)  # noqa: PTH113 - likewise, for a long text
    if about["kind"] == "text" and not is_file and (ending not in _FILE_ENDINGS or " " in source):
        return np.array([source], dtype=object)
    if not is_file:
        raise UserError(f"there is no file {source}.")
    if ending == ".npy":
        return _batch(_loaded(file), file, about)
    if about["kind"] == "image":
        return _picture(file, about)
    return _text(file, about) if about["kind"] == "text" else _table(file, about)


def _text(file: Path, about: About) -> Array:
    if file.suffix.lower() != ".txt":
        raise UserError(f"{file} is no text: give texts themselves, .txt files with one each, or a .npy array of them.")
    encoding = about.get("reading", {}).get("encoding", "utf-8")
    return np.array([text_in(file, encoding, knob="")], dtype=object)


def _loaded(file: Path) -> Array:
    try:
        return np.asarray(np.load(file, allow_pickle=False))
    except (OSError, EOFError, ValueError) as error:
        raise UserError(f"{file} cannot be read as a .npy file of a plain array: {error}") from error


def _batch(array: Array, file: Path, about: About) -> Array:
    """Add the axis of the batch where one example comes alone."""
    shape = tuple(about.get("shape", ()))
    array = array[np.newaxis] if array.shape == shape else array
    if "columns" in about or array.shape[1:] != shape:
        wanted = f"columns {', '.join(about['columns'])}: use a .csv file" if "columns" in about else f"shape {shape}"
        raise UserError(f"{file} holds examples of shape {array.shape[1:]}, but the model takes {wanted}.")
    if not len(array):
        raise UserError(f"{file} holds no examples: its shape is {array.shape}.")
    return _cast(array, file, np.dtype(about["dtype"]))


def _cast(array: Array, file: Path, wanted: np.dtype[Any]) -> Array:
    """Return the array in the model's type, in which only floats may be rounded."""
    is_number = array.dtype.kind in "buif"
    if np.can_cast(array.dtype, wanted) or (is_number and wanted.kind == "f"):
        return array.astype(wanted)
    low, high = (0, 1) if wanted.kind in "bf" else (np.iinfo(wanted).min, np.iinfo(wanted).max)
    if is_number and np.all((array >= low) & (array <= high) & (array == np.floor(array))):
        return array.astype(wanted)
    held = f"{array.dtype} from {array.min()} to {array.max()}" if is_number else str(array.dtype)
    whole = "" if wanted.kind == "f" else f": whole numbers from {low} to {high}"
    raise UserError(
        f"{file} holds {held}, but the model takes {wanted}{whole}. Save examples as they were before any scaling, as "
        "the model was trained on."
    )


def _picture(file: Path, about: About) -> Array:
    if about["dtype"] != "uint8":
        raise UserError(
            f"{file} is a picture with values from 0 to 255, but the model was trained on {about['dtype']} arrays of a "
            "scale that only you know. Save it in that scale as a .npy array."
        )
    picture = picture_in(file, about["shape"])
    if isinstance(picture, str):
        raise UserError(f"{file} cannot be read as a picture: {picture}")
    return picture[np.newaxis]


def _table(file: Path, about: About) -> Held:
    import pandas as pd

    wanted = list(about["columns"]) if "columns" in about else None
    table = pd.concat(CsvFile(path=file, **about.get("reading", {})).tables(wanted))
    if table.empty:
        raise UserError(f"{file} has no rows: there is nothing to predict.")
    refuse_gaps(table, file, cure="Fill it in, or leave the row out.")
    if wanted is not None:
        return {name: _column(table[name], about["columns"][name], file) for name in wanted}
    _check_header(list(table.columns), file)
    columns = [as_numbers(table.iloc[:, place], about["dtype"], file) for place in range(table.shape[1])]
    rows, shape = np.stack(columns, axis=1), tuple(about["shape"])
    if rows.shape[1] != math.prod(shape):
        raise UserError(f"{file} has {rows.shape[1]} columns, but the model takes {math.prod(shape)}: shape {shape}.")
    return rows.reshape(len(rows), *shape)


def _check_header(names: Sequence[str], file: Path) -> None:
    """Refuse a first line that is an example, which would be lost; 0, 1, 2 … are the names that pandas gives."""
    try:
        numbers = [float(name) for name in names]
    except ValueError:
        return
    if numbers != list(range(len(names))):
        raise UserError(f"{file} must name the columns in its first line, got the numbers {', '.join(names[:5])}.")


def _column(column: Any, dtype: str, file: Path) -> Array:
    return np.array(column, dtype=object) if dtype == "object" else as_numbers(column, dtype, file)
