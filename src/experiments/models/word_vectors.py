"""Pre-trained word vectors, such as GloVe's, from a file. NumPy only."""

import gzip
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from experiments.errors import UserError
from experiments.types import Array

_OF_THE_VECTORIZER = {"", "[UNK]"}  # stand for padding and for unknown words


@dataclass(frozen=True, kw_only=True)
class WordVectors:
    """Words and their vectors, the commonest first."""

    words: list[str]
    vectors: Array
    """Shape ``(words, dim)``, float32."""


def load_word_vectors(path: str | None, *, max_words: int) -> WordVectors:
    """Load the first ``max_words`` vectors of a file.

    Args:
        path: ``.npz`` with ``vectors``, shape ``(words, dim)``, and ``words``, UTF-8 bytes with a line for each; or a
            text file with a word and its numbers in each line, as GloVe and fastText publish them, gzipped or not.
        max_words: how many to load.

    Raises:
        UserError: the file is missing or holds something else.
    """
    file = vectors_file(path)
    try:
        words, vectors = _from_npz(file) if file.suffix == ".npz" else _from_text(file, max_words)
        if vectors.ndim != 2 or len(words) != len(vectors) or not len(words):
            raise ValueError(f"{len(words)} words for vectors of shape {vectors.shape}")
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise UserError(
            f"{file} cannot be read as word vectors: {error}. Wanted: a word and its numbers in each line, or an .npz "
            "with 'words' and 'vectors'."
        ) from error
    return _usable(words[:max_words], vectors[:max_words])


def vectors_file(path: str | None) -> Path:
    """Return the file of word vectors or the folder of a SavedModel; raise ``UserError`` where there is neither."""
    if not path:
        raise UserError(
            "model.vectors must name a file of word vectors, got null. Set model.vectors=FILE, such as the GloVe files "
            "from https://nlp.stanford.edu/projects/glove/, or a SavedModel of TF Hub by its folder or address, or "
            "learn the vectors with the task: model=text_average."
        )
    file = Path(path).expanduser()
    if file.is_dir() and not (file / "saved_model.pb").is_file():
        raise UserError(f"the folder {file} is no SavedModel: it has no saved_model.pb. Set model.vectors=FOLDER.")
    if not file.exists():
        raise UserError(f"the file of word vectors {file} is missing. Set model.vectors=FILE.")
    return file


def _from_npz(file: Path) -> tuple[list[str], Array]:
    with np.load(file, allow_pickle=False) as arrays:
        words, vectors = arrays["words"], arrays["vectors"]
    return words.tobytes().decode().split("\n") if words.dtype == np.uint8 else words.tolist(), vectors


def _from_text(file: Path, max_words: int) -> tuple[list[str], Array]:
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        rows = list(islice(_rows(lines), max_words))
    return [word for word, _ in rows], np.array([vector for _, vector in rows], dtype=np.float32)


def _rows(lines: Iterable[str]) -> Iterator[tuple[str, Array]]:
    dim = 0
    for number, line in enumerate(lines, start=1):
        cells = line.rstrip("\n ").split(" ")
        if number == 1 and len(cells) == 2:  # fastText's first line counts the words and the dimensions
            continue
        dim = dim or len(cells) - 1
        try:
            yield " ".join(cells[:-dim]), np.array(cells[-dim:], dtype=np.float32)  # some words hold spaces
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error


def _usable(words: list[str], vectors: Array) -> WordVectors:
    """Leave out repeated words and those that the vectorizer needs for itself."""
    first = {word: row for row, word in reversed(list(enumerate(words))) if word not in _OF_THE_VECTORIZER}
    rows = sorted(first.values())
    return WordVectors(words=[words[row] for row in rows], vectors=vectors[rows].astype(np.float32))
