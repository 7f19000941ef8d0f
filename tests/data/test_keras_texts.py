import hashlib
import json
from dataclasses import replace

import keras
import numpy as np
import pytest

from experiments.data import keras_texts
from experiments.data.keras_texts import imdb, reuters
from experiments.errors import UserError

WORDS = {f"word{number}": number for number in range(1, 30)}


def sequences(count, seed):
    random = np.random.default_rng(seed)
    lists = [random.integers(1, 30, random.integers(1, 9)).tolist() for _ in range(count)]
    return np.array([*lists, None], dtype=object)[:-1]


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """Small files in Keras' own format, whose digests are those expected, in Keras' cache."""
    home = tmp_path / "datasets"
    home.mkdir()
    labels = np.arange(20) % 2
    np.savez(home / "imdb.npz", x_train=sequences(20, 0), y_train=labels, x_test=sequences(10, 1), y_test=labels[:10])
    np.savez(home / "reuters.npz", x=sequences(20, 2), y=np.arange(20) % 3)
    for name in ("imdb", "reuters"):
        (home / f"{name}_word_index.json").write_text(json.dumps(WORDS))
        published = getattr(keras_texts, name.upper())
        digests = {
            file: (hashlib.new(kind, (home / file).read_bytes()).hexdigest(),)
            for file, kind in zip(published.files, ("sha256", "md5"), strict=True)
        }
        monkeypatch.setattr(keras_texts, name.upper(), replace(published, files=digests, url="http://127.0.0.1:1/"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    return home


def as_keras(name, folder, monkeypatch):
    """Return what Keras' own loader makes of the same file, as words."""
    module = getattr(keras.datasets, name)
    loader = module.load_data
    monkeypatch.setitem(loader.__globals__, "get_file", lambda **_: str(folder / f"{name}.npz"))
    (train, train_labels), (test, test_labels) = loader(start_char=None, oov_char=None, index_from=0, num_words=1000)
    word = {number: word for word, number in WORDS.items()}

    def texts(lists):
        return [" ".join(word[number] for number in numbers) for numbers in lists]

    return texts(train), train_labels.tolist(), texts(test), test_labels.tolist()


@pytest.mark.parametrize(("name", "load"), [("imdb", imdb), ("reuters", reuters)])
def test_texts_and_their_order_are_those_of_keras(folder, tmp_path, monkeypatch, name, load):
    raw = load(download_folder=str(tmp_path / "empty"))

    ours = [array.tolist() for array in (raw.train_inputs, raw.train_labels, raw.test_inputs, raw.test_labels)]
    assert ours == list(as_keras(name, folder, monkeypatch))
    assert raw.train_inputs.dtype == object
    assert raw.origin == str(folder / f"{name}.npz")


def test_a_word_index_that_was_altered_is_refused_by_its_md5(folder):
    (folder / "imdb_word_index.json").write_text("{}")

    with pytest.raises(UserError, match=r"imdb_word_index\.json is truncated or altered: expected MD5"):
        imdb(path=str(folder), download_folder="unused")


def test_files_that_do_not_belong_together_are_refused(folder, monkeypatch):
    monkeypatch.setattr(keras_texts, "_words", lambda file: {1: "the"})

    with pytest.raises(UserError, match="no word of number"):
        imdb(path=str(folder), download_folder="unused")


def test_what_cannot_be_downloaded_is_said_with_both_digests(folder, tmp_path):
    (folder / "imdb.npz").unlink()

    with pytest.raises(UserError, match=r"IMDB is not on this machine .*imdb\.npz \(SHA-256 .*index\.json \(MD5 "):
        imdb(download_folder=str(tmp_path / "empty"))
