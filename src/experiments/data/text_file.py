"""Any CSV, TSV or JSON-lines file of labelled texts, gzipped or not."""

import csv
import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from experiments.data.digest import verified
from experiments.data.gathered import gather
from experiments.data.hold_out import hold_out_test
from experiments.data.memory import InMemory, is_held, unpacked_bytes
from experiments.data.text_labels import divided, numbered, texts_of
from experiments.encodings import wrong_encoding
from experiments.errors import UserError, did_you_mean
from experiments.types import RawData

_SEPARATORS = {".csv": ",", ".tsv": "\t"}
_JSON_LINES = (".jsonl", ".ndjson")
_LONGEST_CELL = 1 << 27  # characters; Python's own limit is 131,072, which a long article exceeds


def text_file(
    *,
    path: str | None = None,
    text: str = "text",
    label: str = "label",
    split: str | None = None,
    test_split: float = 0.2,
    encoding: str = "utf-8",
    sha256: str | None = None,
    in_memory: InMemory = "auto",
    folder: str | None = None,
) -> RawData:
    """Load a file with a text and its label in each row.

    Args:
        path: of the file; ``.csv`` and ``.tsv`` name their fields in the first line, ``.jsonl`` has an object in each
            line; each may end in ``.gz`` too.
        text: name of the field that holds the text.
        label: name of the field that holds the class.
        split: name of a field that says ``train`` or ``test`` (in any case) of each row; ``None`` to hold out
            ``test_split``.
        test_split: share of the rows held out for the test, in (0, 1), stratified. Default 0.2.
        encoding: of the file. Default UTF-8.
        sha256: expected of the file, 64 hexadecimal digits; ``None`` for any.
        in_memory: ``True`` holds the texts, ``False`` reads them from a file of their own, made for the time that the
            process lives; ``"auto"`` (default) holds them if they take less than a third of the memory that is
            available.
        folder: in which that file lies; ``None`` (default) for that of the system's temporary files.

    Returns:
        Texts of shape ``(n,)``, dtype object; the class names are the sorted labels, without the spaces around them.

    Raises:
        UserError: the file cannot be read, lacks a field or a label, has a row longer than its header, is empty, or has
            a class of one text only; two of the fields are one.
    """
    file = _file(path, sha256)
    fields = {"data.text": text, "data.label": label} | ({"data.split": split} if split else {})
    _check_fields(fields)
    hold = is_held(in_memory, unpacked_bytes(file), origin=str(file))
    texts, labels, is_test = gather(hold=hold, folder=folder), list[str](), list[bool]()
    for line, row in _rows(file, encoding, fields):
        place = f"{file}, line {line}"
        cells = _cells(row, fields, place)
        texts.extend(texts_of([cells[0]]))
        labels.append(_class(cells[1], f"{place}: field {label!r} (data.label)"))
        is_test += [_is_test(cells[2], f"{place}: field {split!r} (data.split)")] if split else []
    if split:
        raw = divided(texts.inputs(), labels, is_test, origin=str(file))
    else:
        numbers, names = numbered(labels, origin=f"{file}: field {label!r}")
        raw = hold_out_test(
            texts.inputs(), numbers, test_split=test_split, stratify=True, origin=str(file), class_names=names
        )
    return replace(raw, reading={"encoding": encoding})


def _file(path: str | None, digest: str | None) -> Path:
    if not path:
        raise UserError("data.path must name a .csv, .tsv or .jsonl file, got null. Set it: data.path=FILE.")
    file = Path(path).expanduser()
    known = (*_SEPARATORS, *_JSON_LINES)
    if not file.is_file():
        cure = " That is a folder: choose data=text_folder." if file.is_dir() else ""
        raise UserError(f"data file {file} is missing. data.path must name a {', '.join(known)} file.{cure}")
    if _kind(file) not in known:
        raise UserError(f"data.path must end in {', '.join(known)}, with or without .gz, got {file.name}.")
    return verified(file, digest, cure="Use the unaltered file, or drop data.source.sha256.") if digest else file


def _check_fields(fields: Mapping[str, str]) -> None:
    """Refuse a field that is to be two things: a text that holds its class tells the answer."""
    keys: dict[str, str] = {}
    for key, name in fields.items():
        if (other := keys.setdefault(name, key)) != key:
            raise UserError(f"{other} and {key} are both {name!r}: name a field for each.")


def _kind(file: Path) -> str:
    return Path(file.name.lower().removesuffix(".gz")).suffix


def _rows(file: Path, encoding: str, fields: Mapping[str, str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield each row with the number of its line."""
    kind, open_file = _kind(file), gzip.open if file.name.lower().endswith(".gz") else open
    try:
        with open_file(file, "rt", encoding=encoding, newline="") as content:
            lines = chain([next(content, "").removeprefix("\ufeff")], content)
            yield from _objects(lines) if kind in _JSON_LINES else _table(lines, _SEPARATORS[kind], fields)
    except UnicodeError as error:
        raise wrong_encoding(file, encoding, error, knob="data.encoding") from error
    except (csv.Error, ValueError) as error:
        raise UserError(f"{file} cannot be read as {kind}: {error}.") from error
    except (OSError, EOFError, LookupError, zlib.error) as error:
        raise UserError(f"{file} cannot be read: {error}.") from error


def _objects(lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise ValueError(f"line {number}: {error}") from error
            if not isinstance(row, dict):
                raise ValueError(f"line {number} holds no object, but {line.strip()[:40]!r}")
            yield number, row


def _table(lines: Iterable[str], separator: str, fields: Mapping[str, str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.DictReader(lines, delimiter=separator, strict=True)
    names = list(reader.fieldnames or ())
    for key, name in fields.items():
        if names.count(name) > 1:
            raise ValueError(f"the header has {names.count(name)} fields {name!r} ({key}): rename all but one")
    for row in reader:
        if any(row.get(None, ())):  # empty ones, as spreadsheets write them, hold nothing
            named, more = len(row) - 1, len(row[None])
            raise ValueError(
                f"line {reader.line_num} has {named + more} cells, but the header {named}: quote texts that hold "
                f"{separator!r}"
            )
        yield reader.line_num, row


def _cells(row: Mapping[str, Any], fields: Mapping[str, str], place: str) -> list[str]:
    for key, name in fields.items():
        if name not in row:
            known = [field for field in row if field]
            hint = did_you_mean(name, known)
            raise UserError(f"{place}: there is no field {name!r} ({key}).{hint} It has {', '.join(known)}.")
        _check_cell(row[name], f"{place}: field {name!r} ({key})")
    return [str(row[name]) for name in fields.values()]


def _check_cell(value: Any, place: str) -> None:
    if value is None or isinstance(value, (dict, list)) or value != value:  # JSON's NaN does not equal itself
        raise UserError(f"{place} must hold a text, got {value!r}.")
    try:
        str(value).encode()
    except UnicodeEncodeError as error:
        raise UserError(f"{place} must hold a text, got half a character: {error}. Mend the text.") from error


def _class(value: str, place: str) -> str:
    if not value.strip():
        raise UserError(f"{place} must name a class, got {value!r}. Fill it in, or leave the text out.")
    return value.strip()  # "good " is no class beside "good"


def _is_test(value: str, place: str) -> bool:
    if value.lower() not in ("train", "test"):
        hint = did_you_mean(value.lower(), ["train", "test"])
        raise UserError(f"{place} must say train or test, got {value!r}.{hint} Leave out other rows, or data.split.")
    return value.lower() == "test"
