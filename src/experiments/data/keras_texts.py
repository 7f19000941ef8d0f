"""The two sets of texts that come with Keras, IMDB and Reuters: word numbers, turned back into words."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from experiments.data.find import Published
from experiments.data.object_arrays import load_object_arrays
from experiments.data.text_labels import texts_of
from experiments.errors import UserError
from experiments.types import Array, RawData

IMDB = Published(
    title="IMDB",
    files={
        "imdb.npz": ("69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",),
        "imdb_word_index.json": ("bfafd718b763782e994055a2d397834f",),
    },
)
REUTERS = Published(
    title="Reuters",
    files={
        "reuters.npz": ("d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916",),
        "reuters_word_index.json": ("4d44cc38712099c9e383dc6e5f11a921",),
    },
)
_SHUFFLE_SEED = 113  # Keras' own: the same first 10,000 reviews, and the same test newswires, as in its tutorials


def imdb(*, path: str | None = None, download_folder: str, timeout: float = 20) -> RawData:
    """Load 25,000 film reviews to train on and 25,000 to test on, in Keras' order; 0 is a bad one, 1 a good one.

    Args:
        path: a folder with ``imdb.npz`` and ``imdb_word_index.json``; only this one is used when it is given.
        download_folder: where downloads go.
        timeout: seconds without an answer before a download is given up. Default 20.

    Returns:
        Texts of shape ``(n,)``, dtype object: lower-case words with a space between, as Keras keeps them.

    Source: Maas et al. (2011), https://ai.stanford.edu/~amaas/data/sentiment/.
    """
    folder = IMDB.folder(path, download_folder=download_folder, timeout=timeout)
    arrays, words = load_object_arrays(folder / "imdb.npz"), _words(folder / "imdb_word_index.json")
    random = np.random.RandomState(_SHUFFLE_SEED)
    train, test = _shuffled(len(arrays["x_train"]), random), _shuffled(len(arrays["x_test"]), random)
    return RawData(
        train_inputs=_texts(arrays["x_train"][train], words),
        train_labels=arrays["y_train"][train],
        test_inputs=_texts(arrays["x_test"][test], words),
        test_labels=arrays["y_test"][test],
        origin=str(folder / "imdb.npz"),
    )


def reuters(*, path: str | None = None, download_folder: str, timeout: float = 20, test_split: float = 0.2) -> RawData:
    """Load 11,228 newswires of 46 topics, divided as ``keras.datasets.reuters`` does.

    Args:
        path: a folder with ``reuters.npz`` and ``reuters_word_index.json``; only this one is used when it is given.
        download_folder: where downloads go.
        timeout: seconds without an answer before a download is given up. Default 20.
        test_split: share held out for the test, in (0, 1). Default 0.2.

    Returns:
        Texts of shape ``(n,)``, dtype object: lower-case words with a space between, as Keras keeps them.

    Source: Reuters-21578, https://www.daviddlewis.com/resources/testcollections/reuters21578/.
    """
    folder = REUTERS.folder(path, download_folder=download_folder, timeout=timeout)
    arrays, words = load_object_arrays(folder / "reuters.npz"), _words(folder / "reuters_word_index.json")
    order = _shuffled(len(arrays["x"]), np.random.RandomState(_SHUFFLE_SEED))
    count = int(len(order) * (1 - test_split))
    train, test = order[:count], order[count:]
    return RawData(
        train_inputs=_texts(arrays["x"][train], words),
        train_labels=arrays["y"][train],
        test_inputs=_texts(arrays["x"][test], words),
        test_labels=arrays["y"][test],
        origin=str(folder / "reuters.npz"),
    )


def _shuffled(count: int, random: np.random.RandomState) -> Array:
    order = np.arange(count)
    random.shuffle(order)
    return order


def _words(file: Path) -> Mapping[int, str]:
    """Return the words by their number, counted from 1 by how common they are."""
    return {number: word for word, number in json.loads(file.read_text(encoding="utf-8")).items()}


def _texts(sequences: Iterable[list[int]], words: Mapping[int, str]) -> Array:
    try:
        return texts_of([" ".join(words[number] for number in sequence) for sequence in sequences])
    except KeyError as error:
        raise UserError(
            f"the word index has no word of number {error}: the two files do not belong together."
        ) from None
