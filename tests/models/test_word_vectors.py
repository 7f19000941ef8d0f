import gzip

import numpy as np
import pytest

from experiments.errors import UserError
from experiments.models.word_vectors import load_word_vectors

WORDS = ["the", "größe", "[UNK]", "film", "the", ". . ."]
VECTORS = np.arange(12, dtype=np.float32).reshape(6, 2) / 4
USED = {"the": [0, 0.25], "größe": [0.5, 0.75], "film": [1.5, 1.75], ". . .": [2.5, 2.75]}
LINES = [f"{word} {first} {second}" for word, (first, second) in zip(WORDS, VECTORS, strict=True)]


def glove(folder):
    (folder / "v.txt").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return folder / "v.txt"


def fast_text(folder):
    (folder / "v.vec.gz").write_bytes(gzip.compress("\n".join(["6 2", *LINES]).encode()))
    return folder / "v.vec.gz"


def npz_of_bytes(folder):
    words = np.frombuffer("\n".join(WORDS).encode(), dtype=np.uint8)
    np.savez(folder / "v.npz", words=words, vectors=VECTORS.astype(np.float16))
    return folder / "v.npz"


def npz_of_words(folder):
    np.savez(folder / "v.npz", words=np.array(WORDS), vectors=VECTORS)
    return folder / "v.npz"


@pytest.mark.parametrize("write", [glove, fast_text, npz_of_bytes, npz_of_words])
def test_every_form_gives_each_word_its_first_vector(tmp_path, write):
    known = load_word_vectors(str(write(tmp_path)), max_words=100)

    assert dict(zip(known.words, known.vectors.tolist(), strict=True)) == USED
    assert known.words == ["the", "größe", "film", ". . ."]
    assert known.vectors.dtype == np.float32


@pytest.mark.parametrize("write", [glove, fast_text, npz_of_bytes])
def test_only_the_first_are_kept(tmp_path, write):
    assert load_word_vectors(str(write(tmp_path)), max_words=2).words == ["the", "größe"]


@pytest.mark.parametrize(
    ("name", "content", "fragment"),
    [
        ("v.txt", "", "0 words"),
        ("v.txt", "the 1 2\nfilm 1 good\n", "line 2: .*good"),
        ("v.txt", "the 1 2\nfilm 1\n", "line 2: .*film"),
        ("v.npz", "no archive", r"v\.npz cannot be read as word vectors"),
        ("v.txt.gz", "no archive", r"v\.txt\.gz cannot be read as word vectors"),
    ],
)
def test_another_file_is_refused(tmp_path, name, content, fragment):
    (tmp_path / name).write_text(content)

    with pytest.raises(UserError, match=fragment):
        load_word_vectors(str(tmp_path / name), max_words=9)


def test_an_archive_of_other_arrays_is_refused(tmp_path):
    np.savez(tmp_path / "v.npz", x=VECTORS)

    with pytest.raises(UserError, match="words"):
        load_word_vectors(str(tmp_path / "v.npz"), max_words=9)


@pytest.mark.parametrize(
    ("path", "fragment"), [(None, r"model\.vectors must name"), ("/no.txt", r"/no\.txt is missing")]
)
def test_a_missing_file_is_refused_with_the_cure(path, fragment):
    with pytest.raises(UserError, match=fragment):
        load_word_vectors(path, max_words=9)
