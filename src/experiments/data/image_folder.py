"""Pictures in a folder for each class."""

import logging
from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import Any, Literal

import numpy as np

from experiments.data.folder_parts import files_below, folders_in, train_and_test
from experiments.data.hold_out import hold_out_test
from experiments.data.image_files import CURE, ImageFiles
from experiments.data.memory import InMemory, is_held
from experiments.errors import UserError, did_you_mean
from experiments.stored import StoredInputs
from experiments.types import Array, Inputs, RawData

_ENDINGS = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"}
_log = logging.getLogger("experiments")
_MOST_NAMED = 5  # unreadable files in a message


def image_folder(
    *,
    path: str | None = None,
    size: Sequence[int],
    unreadable: Literal["refuse", "skip"] = "refuse",
    test_split: float = 0.2,
    in_memory: InMemory = "auto",
) -> RawData:
    """Load pictures from ``path/CLASS/FILE``, or from ``path/train/CLASS/FILE`` and ``path/test/CLASS/FILE``.

    Folders and files whose names begin with a dot are passed over.

    Args:
        path: of the folder; what lies in deeper folders belongs to the class as well.
        size: height, width and channels that every picture is brought to: 3 channels for colour, 1 for grey.
        unreadable: ``refuse`` raises for a file that is no picture, ``skip`` leaves it out and says so.
        test_split: share held out for the test where there is no folder ``test``, in (0, 1), stratified.
        in_memory: ``True`` decodes every picture once and holds it, ``False`` decodes it whenever it is wanted;
            ``"auto"`` (default) holds them if they take less than a third of the memory that is available.

    Returns:
        uint8 images of shape ``(n, *size)``; the classes are the sorted names of the folders.

    Raises:
        UserError: there is no such folder, ``size`` is none, there are other parts than train and test, a class is in
            one of them only or has no picture, or a picture cannot be read. Where they are not held, a
            picture that cannot be read is found only when it is wanted.
    """
    folder = Path(path or "").expanduser()
    if not path or not folder.is_dir():
        raise UserError(f"data.path must be a folder with a folder for each class, got {path or 'null'}.")
    _check_size(size)
    divided = train_and_test(folder)
    parts = divided or [folder]
    names = _class_names(parts)
    listed = [_files(part, names) for part in parts]
    hold = is_held(in_memory, sum(len(files) for files, _ in listed) * prod(size), origin=str(folder))
    loaded = [_load(files, labels, size, unreadable, hold=hold) for files, labels in listed]
    for part, (_, labels) in zip(parts, loaded, strict=True):
        _check_classes(part, names, labels)
    if not divided:
        return hold_out_test(*loaded[0], test_split=test_split, stratify=True, origin=str(folder), class_names=names)
    (train_images, train_labels), (test_images, test_labels) = loaded
    return RawData(
        train_inputs=train_images,
        train_labels=train_labels,
        test_inputs=test_images,
        test_labels=test_labels,
        origin=str(folder),
        class_names=names,
    )


def _check_size(size: Any) -> None:
    is_list = isinstance(size, Sequence) and all(isinstance(length, int) and length > 0 for length in size)
    if not is_list or len(size) != 3 or size[2] not in (1, 3):
        raise UserError(
            "data.input_shape must be [height, width, channels] in pixels, with 3 channels for colour or 1 for grey, "
            f"such as [180,180,3], got {'null' if size is None else size}."
        )


def _class_names(parts: Sequence[Path]) -> list[str]:
    """Return the names of the first part's folders, of which the others have no more."""
    names = [folder.name for folder in folders_in(parts[0])]
    if len(names) < 2:
        raise UserError(
            f"{parts[0]} must hold a folder for each of at least two classes, got {', '.join(names) or 'none'}."
        )
    for part in parts[1:]:
        for folder in folders_in(part):
            if folder.name not in names:
                hint = did_you_mean(folder.name, names)
                raise UserError(
                    f"{folder} is a class without a folder in {parts[0]}, which nothing can be learnt of.{hint} Add "
                    "pictures to learn from, or move it away."
                )
    return names


def _files(folder: Path, names: Sequence[str]) -> tuple[list[Path], Array]:
    """Return the pictures by their endings, class by class, and their labels."""
    files = [files_below(folder / name, _ENDINGS) for name in names]
    counts = [len(of_class) for of_class in files]
    return [file for of_class in files for file in of_class], np.repeat(np.arange(len(names)), counts)


def _load(
    files: Sequence[Path], labels: Array, size: Sequence[int], unreadable: str, *, hold: bool
) -> tuple[Inputs, Array]:
    """Return the pictures, held or stored, and the labels of those that can be read."""
    store = ImageFiles(files=files, size=size)
    if not hold and unreadable == "refuse":  # the fingerprint will read them all
        return StoredInputs.all_of(store), labels
    images = np.empty(store.shape if hold else (0,), store.dtype)
    broken: dict[int, str] = {}
    for row, picture in enumerate(store.pictures()):
        if isinstance(picture, str):
            broken[row] = picture
        elif hold:
            images[row] = picture
    if not broken:
        return (images if hold else StoredInputs.all_of(store)), labels
    _report(list(broken.values()), unreadable)
    rows = np.delete(np.arange(len(files)), list(broken))
    return (images[rows] if hold else StoredInputs(store=store, rows=rows)), labels[rows]


def _check_classes(folder: Path, names: Sequence[str], labels: Array) -> None:
    for label, name in enumerate(names):
        if label not in labels:
            endings = ", ".join(sorted(_ENDINGS))
            raise UserError(f"the class folder {folder / name} holds no picture that can be read ({endings}).")


def _report(broken: Sequence[str], unreadable: str) -> None:
    more = f" and {len(broken) - _MOST_NAMED} more" if len(broken) > _MOST_NAMED else ""
    listed = f"{', '.join(broken[:_MOST_NAMED])}{more}"
    if unreadable == "refuse":
        raise UserError(f"{len(broken)} files cannot be read as pictures: {listed}. {CURE}")
    _log.warning("left out, because they cannot be read: %s", listed)
