"""Your own arrays from an ``.npz`` file."""

import zipfile
from pathlib import Path

import numpy as np

from experiments.data.hold_out import hold_out_test
from experiments.errors import UserError, did_you_mean
from experiments.types import Array, RawData, Target


def npz(
    *,
    path: str | None = None,
    target: Target,
    kind: str,
    train_inputs: str = "x_train",
    train_labels: str = "y_train",
    test_inputs: str | None = "x_test",
    test_labels: str | None = "y_test",
    test_split: float = 0.2,
) -> RawData:
    """Load examples and labels from the arrays of an ``.npz`` file.

    Args:
        path: of the file.
        target: ``classes`` for labels that count from 0, ``number`` for any.
        kind: with ``image``, inputs of shape ``(n, height, width)`` get a channel.
        train_inputs: name of the training examples' array, shape ``(n, …)``.
        train_labels: name of their labels, shape ``(n,)`` or ``(n, 1)``.
        test_inputs: name of the test examples; ``None`` to hold some of the training examples out.
        test_labels: name of their labels.
        test_split: share held out where there is no test array, in (0, 1); stratified for classes.

    Raises:
        UserError: the file is missing, is no ``.npz`` file, or lacks an array.
    """
    arrays = _arrays(path, [name for name in (train_inputs, train_labels, test_inputs, test_labels) if name])
    for name, array in arrays.items():
        if kind == "image" and name in (train_inputs, test_inputs) and array.ndim == 3:
            arrays[name] = array[..., np.newaxis]
        if name in (train_labels, test_labels):
            arrays[name] = _labels(array, name, target)
    _check_lengths(arrays, [(train_inputs, train_labels), (test_inputs, test_labels)])
    counted = int(arrays[train_labels].max()) + 1 if target == "classes" else 0
    class_names = [str(label) for label in range(counted)]
    if not test_inputs or not test_labels:
        return hold_out_test(
            arrays[train_inputs],
            arrays[train_labels],
            test_split=test_split,
            stratify=target == "classes",
            origin=str(path),
            class_names=class_names,
        )
    return RawData(
        train_inputs=arrays[train_inputs],
        train_labels=arrays[train_labels],
        test_inputs=arrays[test_inputs],
        test_labels=arrays[test_labels],
        origin=str(path),
        class_names=class_names,
    )


def _arrays(path: str | None, names: list[str]) -> dict[str, Array]:
    file = Path(path or "").expanduser()
    if not path or not file.is_file():
        raise UserError(f"data.path must name an .npz file, got {path or 'null'}. Set it: data.path=FILE.")
    try:
        with np.load(file, allow_pickle=False) as content:
            for name in names:
                if name not in content:
                    there = ", ".join(content)
                    hint = did_you_mean(name, content)
                    raise UserError(f"{file} has no array {name!r}.{hint} It has {there}: data.source.train_inputs=….")
            return {name: content[name] for name in names}
    except (OSError, EOFError, ValueError, AttributeError, zipfile.BadZipFile) as error:
        raise UserError(f"{file} cannot be read as an .npz file of plain arrays: {error}") from error


def _labels(array: Array, name: str, target: Target) -> Array:
    flat = array.reshape(-1) if array.ndim == 2 and array.shape[1] == 1 else array
    if flat.ndim != 1 or not len(flat):
        raise UserError(f"the labels {name!r} must have the shape (n,) with n from 1 on, got {array.shape}.")
    if target == "classes" and not np.issubdtype(flat.dtype, np.integer):
        raise UserError(f"the labels {name!r} must be integers from 0 on for data.target=classes, got {flat.dtype}.")
    return flat


def _check_lengths(arrays: dict[str, Array], pairs: list[tuple[str | None, str | None]]) -> None:
    for inputs, labels in pairs:
        if inputs and labels and len(arrays[inputs]) != len(arrays[labels]):
            counts = f"{len(arrays[inputs])} examples in {inputs!r} and {len(arrays[labels])} labels in {labels!r}"
            raise UserError(f"there are {counts}; each example needs one.")
