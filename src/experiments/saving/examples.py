"""Raw examples for a kept model from the files that a user has: pictures, texts, tables, arrays."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.errors import UserError, did_you_mean
from experiments.types import Array, Held

About = Mapping[str, Any]
"""What ``results.json`` says of the data: ``kind``, and ``shape`` and ``dtype`` or ``columns`` of one example."""


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
    file = Path(source).expanduser()
    if about["kind"] == "text" and file.suffix != ".npy":
        text = file.read_text(encoding="utf-8") if file.suffix == ".txt" and file.is_file() else source
        return np.array([text], dtype=object)
    if not file.is_file():
        raise UserError(f"there is no file {source}.")
    if file.suffix == ".npy":
        return _batch(np.load(file, allow_pickle=False), file, about)
    if about["kind"] == "image":
        return _picture(file, about["shape"])
    return _table(file, about)


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

    try:
        table = pd.read_csv(file, dtype=str)
        if "columns" not in about:
            rows: Array = table.to_numpy(dtype=about["dtype"]).reshape(len(table), *about["shape"])
            return rows
        for name in about["columns"]:
            if name not in table.columns:
                raise UserError(f"{file} has no column {name!r}.{did_you_mean(name, table.columns)}")
        return {name: table[name].to_numpy(dtype=dtype) for name, dtype in about["columns"].items()}
    except ValueError as error:
        raise UserError(f"{file} is not a table that the model takes: {error}") from error
