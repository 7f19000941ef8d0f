"""What the folders and files of a data set in folders stand for: parts, classes, examples, or nothing."""

from collections.abc import Collection
from pathlib import Path

from experiments.errors import UserError

_PARTS = {"train", "training", "test", "testing", "validation", "valid", "val", "dev"}


def train_and_test(folder: Path, *, leave_out: Collection[str] = ()) -> list[Path]:
    """Return the folders ``train`` and ``test``, in any case, or none where the folders are classes.

    Args:
        folder: of the data set.
        leave_out: names of folders that do not count.

    Raises:
        UserError: folders are named like parts, but are not one ``train`` and one ``test``.
    """
    folders = [path for path in folders_in(folder) if path.name not in leave_out]
    parts = {path: path.name.lower() for path in folders if path.name.lower() in _PARTS}
    if sorted(parts.values()) == ["test", "train"]:
        return sorted(parts, key=lambda path: parts[path], reverse=True)
    # A class may be called so too: "train" beside "bus", "valid" beside "invalid".
    if len(parts) > 1 or (parts and (len(folders) == 1 or _holds_classes(next(iter(parts))))):
        found = ", ".join(repr(path.name) for path in parts)
        raise UserError(
            f"{folder} has a folder for each of {found}: there must be both, 'train' and 'test', and no other part, or "
            "none. Rename them, or move what the others hold into the class folders of 'train', from which "
            f"data.validation_split takes its share. For one part alone: data.path={next(iter(parts))}."
        )
    return []


def _holds_classes(folder: Path) -> bool:
    return folder.name.lower() in ("train", "test") and bool(folders_in(folder))


def folders_in(folder: Path) -> list[Path]:
    """Return the folders in a folder, sorted, without hidden ones such as ``.ipynb_checkpoints``."""
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def files_below(folder: Path, endings: Collection[str]) -> list[Path]:
    """Return the files in a folder and its folders, sorted, without hidden ones such as ``._1.png`` of macOS.

    Args:
        folder: of a class.
        endings: of the names, in lower case: those in upper case count too.
    """
    files = (path for path in folder.rglob("*") if path.suffix.lower() in endings)
    return sorted(file for file in files if not any(part.startswith(".") for part in file.relative_to(folder).parts))
