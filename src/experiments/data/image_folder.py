"""Pictures in a folder for each class."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from experiments.data.hold_out import hold_out_test
from experiments.errors import UserError
from experiments.types import Array, RawData

_ENDINGS = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"}
_log = logging.getLogger("experiments")
_MOST_NAMED = 5  # unreadable files in a message


def image_folder(
    *,
    path: str | None = None,
    size: Sequence[int],
    unreadable: Literal["refuse", "skip"] = "refuse",
    test_split: float = 0.2,
) -> RawData:
    """Load pictures from ``path/CLASS/FILE``, or from ``path/train/CLASS/FILE`` and ``path/test/CLASS/FILE``.

    Args:
        path: of the folder; what lies in deeper folders belongs to the class as well.
        size: height, width and channels that every picture is brought to: 3 channels for colour, 1 for grey.
        unreadable: ``refuse`` raises for a file that is no picture, ``skip`` leaves it out and says so.
        test_split: share held out for the test where there is no folder ``test``, in (0, 1), stratified.

    Returns:
        uint8 images of shape ``(n, *size)``; the classes are the sorted names of the folders.

    Raises:
        UserError: there is no such folder, a class has no picture, or one cannot be read.
    """
    folder = Path(path or "").expanduser()
    if not path or not folder.is_dir():
        raise UserError(f"data.path must be a folder with a folder for each class, got {path or 'null'}.")
    divided = (folder / "train").is_dir() and (folder / "test").is_dir()
    names = _class_names(folder / "train" if divided else folder)
    if not divided:
        images, labels = _load(folder, names, size, unreadable)
        return hold_out_test(
            images, labels, test_split=test_split, stratify=True, origin=str(folder), class_names=names
        )
    train_images, train_labels = _load(folder / "train", names, size, unreadable)
    test_images, test_labels = _load(folder / "test", names, size, unreadable)
    return RawData(
        train_inputs=train_images,
        train_labels=train_labels,
        test_inputs=test_images,
        test_labels=test_labels,
        origin=str(folder),
        class_names=names,
    )


def _class_names(folder: Path) -> list[str]:
    names = sorted(item.name for item in folder.iterdir() if item.is_dir() and not item.name.startswith("."))
    if len(names) < 2:
        raise UserError(
            f"{folder} must hold a folder for each of at least two classes, got {', '.join(names) or 'none'}."
        )
    return names


def _load(folder: Path, names: Sequence[str], size: Sequence[int], unreadable: str) -> tuple[Array, Array]:
    images: list[Array] = []
    labels: list[int] = []
    broken: list[str] = []
    for label, name in enumerate(names):
        files = sorted(file for file in (folder / name).rglob("*") if file.suffix.lower() in _ENDINGS)
        for file in files:
            try:
                images.append(_read(file, size))
                labels.append(label)
            except (OSError, ValueError, SyntaxError) as error:  # Pillow raises all three for broken files
                broken.append(f"{file} ({error})")
        if label not in labels:
            raise UserError(f"the class folder {folder / name} holds no picture that can be read ({_endings()}).")
    if broken:
        _report(broken, unreadable)
    return np.stack(images), np.array(labels)


def _read(file: Path, size: Sequence[int]) -> Array:
    from PIL import Image

    height, width, channels = size
    with Image.open(file) as picture:
        plain = picture.convert("RGB" if channels == 3 else "L").resize((width, height), Image.Resampling.BILINEAR)
        return np.asarray(plain, dtype=np.uint8).reshape(height, width, channels)


def _report(broken: Sequence[str], unreadable: str) -> None:
    more = f" and {len(broken) - _MOST_NAMED} more" if len(broken) > _MOST_NAMED else ""
    listed = f"{', '.join(broken[:_MOST_NAMED])}{more}"
    if unreadable == "refuse":
        raise UserError(
            f"{len(broken)} files cannot be read as pictures: {listed}. Mend or remove them, or leave them out: "
            "data.source.unreadable=skip."
        )
    _log.warning("left out, because they cannot be read: %s", listed)


def _endings() -> str:
    return ", ".join(sorted(_ENDINGS))
