"""Any folder of text files, one folder for each class."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from experiments.data.folder_parts import files_below, folders_in, train_and_test
from experiments.data.gathered import gather
from experiments.data.hold_out import hold_out_test
from experiments.data.memory import InMemory, is_held, unpacked_bytes
from experiments.data.text_labels import divided, numbered, texts_of
from experiments.encodings import text_in
from experiments.errors import UserError, did_you_mean
from experiments.types import RawData


def text_folder(
    *,
    path: str | None = None,
    leave_out: Sequence[str] = (),
    test_split: float = 0.2,
    encoding: str = "utf-8",
    in_memory: InMemory = "auto",
    folder: str | None = None,
) -> RawData:
    """Load the texts in ``path/CLASS/*.txt``, or in ``path/train/CLASS/*.txt`` and ``path/test/CLASS/*.txt``.

    Args:
        path: of the folder; what lies in deeper folders belongs to the class as well, what is hidden to none.
        leave_out: names of folders that are no classes, such as ``unsup`` of the IMDB reviews.
        test_split: share of each class held out for the test, in (0, 1), where there are no ``train`` and ``test``.
        encoding: of the files. Default UTF-8.
        in_memory: ``True`` holds the texts, ``False`` reads them from one file, made for the time that the process
            lives; ``"auto"`` (default) holds them if they take less than a third of the memory that is available.
        folder: in which that file lies; ``None`` (default) for that of the system's temporary files.

    Returns:
        Texts of shape ``(n,)``, dtype object, in the order of the files' names; the class names are those of the
        folders, sorted.

    Raises:
        UserError: there is no such folder, it has some parts but not ``train`` and ``test``, a class has no or only
            one text, or a file cannot be read.
    """
    source, leave_out = _folder(path), [str(name) for name in leave_out]  # Hydra makes a number of 2019
    parts = train_and_test(source, leave_out=leave_out)
    files = [(part, name, file) for part in parts or [source] for name, file in _files(part, leave_out)]
    hold = is_held(in_memory, sum(unpacked_bytes(file) for *_, file in files), origin=str(source))
    texts = gather(hold=hold, folder=folder)
    for *_, file in files:
        texts.extend(texts_of([text_in(file, encoding, knob="data.encoding")]))
    labels = [name for _, name, _ in files]
    if parts:
        raw = divided(texts.inputs(), labels, [part == parts[1] for part, _, _ in files], origin=str(source))
    else:
        numbers, names = numbered(labels, origin=str(source))
        raw = hold_out_test(
            texts.inputs(), numbers, test_split=test_split, stratify=True, origin=str(source), class_names=names
        )
    return replace(raw, reading={"encoding": encoding})


def _folder(path: str | None) -> Path:
    if not path:
        raise UserError("data.path must name a folder with a folder of .txt files for each class, got null.")
    folder = Path(path).expanduser()
    if not folder.is_dir():
        cure = " That is a file: choose data=text_file." if folder.is_file() else ""
        raise UserError(f"data folder {folder} is missing. Set data.path=FOLDER.{cure}")
    return folder


def _files(folder: Path, leave_out: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """Yield each text's class and file."""
    folders = folders_in(folder)
    classes = [path for path in folders if path.name not in leave_out]
    if not classes:
        wrong = next((path.name for path in folders if path.name in leave_out), "")
        raise UserError(f"{folder} holds no folders of classes{' beside ' + wrong if wrong else ''}.")
    for path in classes:
        files = files_below(path, {".txt"})
        if not files:
            hint = did_you_mean(path.name, leave_out)
            raise UserError(
                f"the class folder {path} holds no .txt files. Fill it, or leave it out: "
                f"data.leave_out=[{path.name}].{hint}"
            )
        yield from ((path.name, file) for file in files)
