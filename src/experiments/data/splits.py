"""From a source's training and test examples to three splits with a fingerprint."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from experiments.data.division import Division
from experiments.data.labels import Encoding, encode
from experiments.errors import UserError
from experiments.types import Array, Column, Inputs, RawData, Split, Splits, Target, chunks_of, columns_of, take

_MOST_SHOWN = 10  # labels in a message


def make_splits(
    raw: RawData,
    *,
    name: str,
    kind: str,
    target: Target = "classes",
    unit: str = "",
    class_names: Sequence[str] = (),
    labels: Encoding,
    division: Division,
    limit: int | None,
) -> Splits:
    """Keep some of the training examples out for validation, limit, encode and fingerprint the splits.

    Args:
        raw: what the source delivered.
        name: of the data set.
        kind: ``image``, ``table`` or ``text``.
        target: what is to be predicted, ``classes`` or a ``number``.
        unit: of that number.
        class_names: one for each class, in the order of the labels; none to take those that the source found.
        labels: ``sparse``, ``one_hot`` or ``number``.
        division: which examples are kept out.
        limit: examples kept of each split, of the test split at even distances; ``None`` keeps all.

    Raises:
        UserError: a split would be empty, there is but one class, or names are missing or in another order.
    """
    if not len(raw.test_labels):
        raise UserError(f"the test split of data={name} is empty: there is nothing to judge the model by.")
    names = tuple(class_names or raw.class_names)
    if target == "classes":
        _check_renaming(raw.class_names, class_names, name)
        _check_labels(raw, name, names)

    def split(inputs: Inputs, targets: Array, rows: Array | slice = slice(None)) -> Split:
        kept = rows[:limit] if isinstance(rows, np.ndarray) else rows
        return Split(inputs=take(inputs, kept), labels=encode(targets[kept], encoding=labels, num_classes=len(names)))

    train_rows, validation_rows = division.rows(raw.train_labels)
    splits = {
        "train": split(raw.train_inputs, raw.train_labels, train_rows),
        "validation": split(raw.train_inputs, raw.train_labels, validation_rows),
        "test": split(raw.test_inputs, raw.test_labels, _spread(len(raw.test_labels), limit)),
    }
    digests = {role: _digest(split) for role, split in splits.items()}
    return Splits(
        **splits,
        name=name,
        kind=kind,
        target=target,
        class_names=names,
        unit=unit,
        origin=raw.origin,
        digests=digests,
        fingerprint=hashlib.sha256("".join(digests.values()).encode()).hexdigest(),
        reading=raw.reading,
    )


def _spread(count: int, limit: int | None) -> Array | slice:
    """Return some of the rows at even distances: those of a test split may lie class by class."""
    return slice(None) if limit is None or limit >= count else np.arange(limit) * count // limit


def _check_renaming(found: Sequence[str], class_names: Sequence[str], name: str) -> None:
    """Refuse names that are those of the data in another order, which would give classes each other's names."""
    if sorted(found) == sorted(class_names) and list(found) != list(class_names):
        raise UserError(
            f"data.class_names={_listed(class_names)} would name the classes of data={name} wrongly, whose order is "
            f"{_listed(found)}. Leave out data.class_names, or keep that order."
        )


def _listed(names: Sequence[str]) -> str:
    return f"[{','.join(names)}]"


def _check_labels(raw: RawData, name: str, class_names: Sequence[str]) -> None:
    found = np.unique(raw.train_labels)
    if len(found) < 2:
        raise UserError(
            f"all training examples of data={name} have the label {found[0]}; at least two classes are needed. To "
            "predict a number: data.target=number task=regression data.split_by=random."
        )
    if not class_names:
        shown = f"{', '.join(map(str, found[:_MOST_SHOWN]))}{', …' if len(found) > _MOST_SHOWN else ''}"
        raise UserError(
            f"data={name} has the labels {shown} among its training examples; labels are to count from 0 without a "
            "gap. Number the classes anew, such as by numpy.unique(labels, return_inverse=True), or name every class, "
            "those without an example too: 'data.class_names=[…]'."
        )
    for role, labels in (("training", raw.train_labels), ("test", raw.test_labels)):
        unknown = labels[(labels < 0) | (labels >= len(class_names))]
        if len(unknown):
            raise UserError(
                f"data={name} has the label {unknown[0]} among its {role} examples, but only {len(class_names)} class "
                f"names: {', '.join(class_names)}. Labels count from 0; name every class in data.class_names."
            )


def _digest(split: Split) -> str:
    """Hash names, shapes, types and contents, so that equal bytes of another shape differ, held or stored.

    Columns are hashed each by itself: those that lie side by side in a file are read once.
    """
    hashes = {name: hashlib.sha256(_header(name, column)) for name, column in columns_of(split.inputs).items()}
    for part in chunks_of(split.inputs):
        for name, array in columns_of(part).items():
            _add(hashes[name], array)
    of_columns = "".join(column.hexdigest() for column in hashes.values()).encode()
    digest = hashlib.sha256(of_columns) if isinstance(split.inputs, Mapping) else hashes[""]
    digest.update(_header("", split.labels))
    _add(digest, split.labels)
    return digest.hexdigest()


def _header(name: str, array: Column) -> bytes:
    return f"{name}{array.shape}{array.dtype.str}".encode()


def _add(digest: Any, array: Any) -> None:
    if array.dtype.hasobject:  # texts
        for text in array.flat:
            digest.update(f"{len(text)}:{text}".encode())
    else:
        digest.update(np.ascontiguousarray(array).data)
