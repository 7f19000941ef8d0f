"""Any folder of text files, one folder for each class."""

from collections.abc import Sequence
from pathlib import Path

from experiments.data.hold_out import hold_out_test
from experiments.data.text_labels import divided, numbered, texts_of
from experiments.errors import UserError, did_you_mean
from experiments.types import RawData

Labelled = list[tuple[str, str]]
"""Texts, each with the name of its class."""


def text_folder(
    *, path: str | None = None, leave_out: Sequence[str] = (), test_split: float = 0.2, encoding: str = "utf-8"
) -> RawData:
    """Load the texts in ``path/CLASS/*.txt``, or in ``path/train/CLASS/*.txt`` and ``path/test/CLASS/*.txt``.

    Args:
        path: of the folder.
        leave_out: names of folders that are no classes, such as ``unsup`` of the IMDB reviews.
        test_split: share of each class held out for the test, in (0, 1), where there are no ``train`` and ``test``.
        encoding: of the files. Default UTF-8.

    Returns:
        Texts of shape ``(n,)``, dtype object, in the order of the files' names; the class names are those of the
        folders, sorted.

    Raises:
        UserError: there is no such folder, a class has no or only one text, or a file cannot be read.
    """
    folder = _folder(path)
    parts = [folder / name for name in ("train", "test")]
    if not any(part.is_dir() for part in parts):
        texts, labels = zip(*_read(folder, leave_out, encoding), strict=True)
        numbers, names = numbered(labels, origin=str(folder))
        return hold_out_test(
            texts_of(texts), numbers, test_split=test_split, stratify=True, origin=str(folder), class_names=names
        )
    train, test = (_read(part, leave_out, encoding) for part in parts)
    texts, labels = zip(*train, *test, strict=True)
    is_test = [False] * len(train) + [True] * len(test)
    return divided(texts, labels, is_test, origin=str(folder))


def _folder(path: str | None) -> Path:
    if not path:
        raise UserError("data.path must name a folder with a folder of .txt files for each class, got null.")
    folder = Path(path).expanduser()
    if not folder.is_dir():
        cure = " That is a file: choose data=text_file." if folder.is_file() else ""
        raise UserError(f"data folder {folder} is missing. Set data.path=FOLDER.{cure}")
    return folder


def _read(folder: Path, leave_out: Sequence[str], encoding: str) -> Labelled:
    if not folder.is_dir():
        raise UserError(f"data folder {folder} is missing: beside 'train' there must be 'test', and the reverse.")
    folders = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    names = [path.name for path in folders]
    classes = [path for path in folders if path.name not in leave_out]
    if not classes:
        wrong = next((name for name in leave_out if name in names), "")
        raise UserError(f"{folder} holds no folders of classes{' beside ' + wrong if wrong else ''}.")
    return [(text, path.name) for path in classes for text in _texts(path, leave_out, encoding)]


def _texts(folder: Path, leave_out: Sequence[str], encoding: str) -> list[str]:
    files = sorted(folder.glob("*.txt"))
    if not files:
        hint = did_you_mean(folder.name, leave_out)
        raise UserError(
            f"the class folder {folder} holds no .txt files. Fill it, or leave it out: "
            f"data.leave_out=[{folder.name}].{hint}"
        )
    return [_text(file, encoding) for file in files]


def _text(file: Path, encoding: str) -> str:
    try:
        return file.read_text(encoding=encoding)
    except UnicodeError as error:
        raise UserError(f"{file} is not text in {encoding} ({error}). Set data.encoding=latin-1, say.") from error
    except (OSError, LookupError) as error:
        raise UserError(f"{file} cannot be read: {error}.") from error
