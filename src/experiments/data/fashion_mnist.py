"""Fashion-MNIST from wherever its four files already are, else downloaded once."""

import gzip
from pathlib import Path

import numpy as np

from experiments.data.find import Published
from experiments.types import Array, RawData

PUBLISHED = Published(
    title="Fashion-MNIST",
    files={
        "train-images-idx3-ubyte.gz": ("b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",),
        "train-labels-idx1-ubyte.gz": ("0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056",),
        "t10k-images-idx3-ubyte.gz": ("cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa",),
        "t10k-labels-idx1-ubyte.gz": ("8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05",),
    },
    keras_folder="fashion-mnist",
    further={Path("/usr/share/datasets/fashion-mnist"): "install Debian's package dataset-fashion-mnist"},
)


def fashion_mnist(*, path: str | None = None, download_folder: str, timeout: float = 20) -> RawData:
    """Load Fashion-MNIST: 60,000 training and 10,000 test images of shape ``(28, 28, 1)``, uint8 0-255, labels 0-9.

    The four files are looked for in ``path``, ``download_folder``, Keras' cache and the folder of Debian's package
    dataset-fashion-mnist, in this order; where none has them, they are downloaded into ``download_folder``.

    Args:
        path: a folder with the four files; only this one is used when it is given.
        download_folder: where downloads go.
        timeout: seconds without an answer before a download is given up. Default 20.

    Raises:
        UserError: a file is missing or altered, and cannot be downloaded.

    Source: Xiao, Rasul and Vollgraf (2017), https://github.com/zalandoresearch/fashion-mnist.
    """
    folder = PUBLISHED.folder(path, download_folder=download_folder, timeout=timeout)
    return RawData(
        train_inputs=_read_images(folder / "train-images-idx3-ubyte.gz"),
        train_labels=_read_labels(folder / "train-labels-idx1-ubyte.gz"),
        test_inputs=_read_images(folder / "t10k-images-idx3-ubyte.gz"),
        test_labels=_read_labels(folder / "t10k-labels-idx1-ubyte.gz"),
        origin=str(folder),
    )


def _read_images(path: Path) -> Array:
    with gzip.open(path) as file:
        return np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28, 1)


def _read_labels(path: Path) -> Array:
    with gzip.open(path) as file:
        return np.frombuffer(file.read(), np.uint8, offset=8)
