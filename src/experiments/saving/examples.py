"""Raw examples for a kept model from the files that a user has: pictures, texts, tables, arrays."""

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.csv_rows import CsvFile, as_numbers, refuse_gaps
from experiments.encodings import wrong_encoding
from experiments.errors import UserError
from experiments.types import Array, Held

About = Mapping[str, Any]
"""What ``results.json`` says of the data: ``kind``, and ``shape`` and ``dtype`` or ``columns`` of one example; and how
files were read, ``reading``, where that is not the only way."""
_FILE_ENDINGS = {".txt", ".npy", ".csv"}
"""What ends so is no text itself."""


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
    if about["kind"] == "text" and file.suffix not in _FILE_ENDINGS:
        return np.array([source], dtype=object)
    if not file.is_file():
        raise UserError(f"there is no file {source}.")
    if file.suffix == ".npy":
        return _batch(np.load(file, allow_pickle=False), file, about)
    if about["kind"] == "image":
        return _picture(file, about["shape"])
    return _text(file, about) if about["kind"] == "text" else _table(file, about)


def _text(file: Path, about: About) -> Array:
    if file.suffix != ".txt":
        raise UserError(f"{file} is no text: give texts themselves, .txt files with one each, or a .npy array of them.")
    encoding = about.get("reading", {}).get("encoding", "utf-8")
    try:
        return np.array([file.read_text(encoding=encoding)], dtype=object)
    except UnicodeError as error:
        raise wrong_encoding(file, encoding, error, knob="") from error


def _batch(array: Array, file: Path, about: About) -> Array:
    """Add the axis of the batch where one example comes alone."""
    shape = tuple(about.get("shape", ()))
    array = array[np.newaxis] if array.shape == shape else array
    if "columns" in about or array.shape[1:] != shape:
        wanted = f"columns {', '.join(about['columns'])}: use a .csv file" if "columns" in about else f"shape {shape}"
        raise UserError(f"{file} holds examples of shape {array.shape[1:]}, but the model takes {wanted}.")
    return array.astype(about["dtype"])


def _picture(file: Path, shape: Sequence[int]) -> Array:
    from PIL import Image, UnidentifiedImageError

    height, width, channels = shape
    try:
        with Image.open(file) as picture:
            plain = picture.convert("RGB" if channels == 3 else "L").resize((width, height), Image.Resampling.BILINEAR)
    except (UnidentifiedImageError, OSError) as error:
        raise UserError(f"{file} cannot be read as a picture: {error}") from error
    return np.asarray(plain, dtype=np.uint8).reshape(1, height, width, channels)


def _table(file: Path, about: About) -> Held:
    import pandas as pd

    wanted = list(about["columns"]) if "columns" in about else None
    table = pd.concat(CsvFile(path=file, **about.get("reading", {})).tables(wanted))
    if table.empty:
        raise UserError(f"{file} has no rows: there is nothing to predict.")
    refuse_gaps(table, file, cure="Fill it in, or leave the row out.")
    if wanted is not None:
        return {name: _column(table[name], about["columns"][name], file) for name in wanted}
    columns = [as_numbers(table.iloc[:, place], about["dtype"], file) for place in range(table.shape[1])]
    rows, shape = np.stack(columns, axis=1), tuple(about["shape"])
    if rows.shape[1] != math.prod(shape):
        raise UserError(f"{file} has {rows.shape[1]} columns, but the model takes {math.prod(shape)}: shape {shape}.")
    return rows.reshape(len(rows), *shape)


def _column(column: Any, dtype: str, file: Path) -> Array:
    return np.array(column, dtype=object) if dtype == "object" else as_numbers(column, dtype, file)
