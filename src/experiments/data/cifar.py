"""CIFAR-10 and CIFAR-100 from the archives that their authors publish."""

import pickle
import tarfile
from pathlib import Path
from typing import Any, Literal

import numpy as np

from experiments.data.find import Published
from experiments.errors import UserError
from experiments.types import Array, RawData

URL = "https://www.cs.toronto.edu/~kriz/"
CIFAR10 = Published(
    title="CIFAR-10",
    files={"cifar-10-python.tar.gz": ("6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",)},
    keras_name="cifar-10-batches-py-target_archive",
    url=URL,
)
CIFAR100 = Published(
    title="CIFAR-100",
    files={"cifar-100-python.tar.gz": ("85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",)},
    keras_name="cifar-100-python-target_archive",
    url=URL,
)


def cifar10(*, path: str | None = None, download_folder: str, timeout: float = 20) -> RawData:
    """Load CIFAR-10: 50,000 training and 10,000 test images of shape ``(32, 32, 3)``, uint8 0-255, labels 0-9.

    Args:
        path: ``cifar-10-python.tar.gz`` or its folder; only this one is used when it is given.
        download_folder: where downloads go.
        timeout: seconds without an answer before a download is given up. Default 20.

    Raises:
        UserError: the archive is missing or altered, and cannot be downloaded.

    Source: Krizhevsky (2009), https://www.cs.toronto.edu/~kriz/cifar.html.
    """
    archive = CIFAR10.file(path, download_folder=download_folder, timeout=timeout)
    batches = [f"cifar-10-batches-py/data_batch_{number}" for number in range(1, 6)]
    return _load(archive, train=batches, test=["cifar-10-batches-py/test_batch"], label="labels")


def cifar100(
    *,
    path: str | None = None,
    download_folder: str,
    timeout: float = 20,
    labels: Literal["fine", "coarse"] = "fine",
) -> RawData:
    """Load CIFAR-100: 50,000 training and 10,000 test images of shape ``(32, 32, 3)``, uint8 0-255.

    Args:
        path: ``cifar-100-python.tar.gz`` or its folder; only this one is used when it is given.
        download_folder: where downloads go.
        timeout: seconds without an answer before a download is given up. Default 20.
        labels: ``fine`` for 100 classes, ``coarse`` for the 20 that they fall into; their names are in the archive.

    Raises:
        UserError: the archive is missing or altered, and cannot be downloaded.

    Source: Krizhevsky (2009), https://www.cs.toronto.edu/~kriz/cifar.html.
    """
    archive = CIFAR100.file(path, download_folder=download_folder, timeout=timeout)
    folder = "cifar-100-python"
    return _load(
        archive, train=[f"{folder}/train"], test=[f"{folder}/test"], label=f"{labels}_labels", names=f"{folder}/meta"
    )


def _load(archive: Path, *, train: list[str], test: list[str], label: str, names: str = "") -> RawData:
    try:
        with tarfile.open(archive) as tar:
            train_images, train_labels = _join([_unpickle(tar, name) for name in train], label)
            test_images, test_labels = _join([_unpickle(tar, name) for name in test], label)
            meta = _unpickle(tar, names) if names else {}
    except (tarfile.TarError, KeyError, EOFError) as error:
        raise UserError(f"{archive} is not the archive that it should be: {error}") from error
    return RawData(
        train_inputs=train_images,
        train_labels=train_labels,
        test_inputs=test_images,
        test_labels=test_labels,
        origin=str(archive),
        class_names=[name.decode() for name in meta.get(label.replace("labels", "label_names").encode(), ())],
    )


def _unpickle(tar: tarfile.TarFile, name: str) -> dict[bytes, Any]:
    """Read one member; the archive's digest was checked, so that its pickles are the authors' own."""
    member = tar.extractfile(name)
    if member is None:
        raise KeyError(f"{name!r} is not a file")
    content: dict[bytes, Any] = pickle.load(member, encoding="bytes")  # noqa: S301
    return content


def _join(batches: list[dict[bytes, Any]], label: str) -> tuple[Array, Array]:
    """Return images of shape ``(n, 32, 32, 3)`` and labels: a batch has a row of 3 x 32 x 32 values for each image."""
    images = np.concatenate([batch[b"data"] for batch in batches]).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(images), np.concatenate([batch[label.encode()] for batch in batches])
