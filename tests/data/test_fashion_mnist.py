import gzip
import hashlib
from dataclasses import replace

import numpy as np
import pytest

from experiments.data import fashion_mnist as source
from experiments.data.fashion_mnist import fashion_mnist
from experiments.errors import UserError

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = source.PUBLISHED.files
PIXELS = {
    TRAIN_IMAGES: np.random.default_rng(0).integers(0, 256, (6, 28, 28, 1), dtype=np.uint8),
    TEST_IMAGES: np.random.default_rng(1).integers(0, 256, (3, 28, 28, 1), dtype=np.uint8),
}
LABELS = {TRAIN_LABELS: np.uint8([0, 1, 2, 3, 4, 9]), TEST_LABELS: np.uint8([9, 0, 5])}


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """Four tiny real IDX files, whose digests are those expected."""
    for name, images in PIXELS.items():
        header = np.array([2051, len(images), 28, 28], ">i4").tobytes()
        (tmp_path / name).write_bytes(gzip.compress(header + images.tobytes()))
    for name, labels in LABELS.items():
        (tmp_path / name).write_bytes(gzip.compress(np.array([2049, len(labels)], ">i4").tobytes() + labels.tobytes()))
    digests = {name: (hashlib.sha256((tmp_path / name).read_bytes()).hexdigest(),) for name in source.PUBLISHED.files}
    monkeypatch.setattr(source, "PUBLISHED", replace(source.PUBLISHED, files=digests))
    return tmp_path


def test_images_and_labels_come_out_as_they_are_in_the_files(folder):
    data = fashion_mnist(path=str(folder), download_folder="unused")

    np.testing.assert_array_equal(data.train_inputs, PIXELS[TRAIN_IMAGES], strict=True)
    np.testing.assert_array_equal(data.test_inputs, PIXELS[TEST_IMAGES], strict=True)
    np.testing.assert_array_equal(data.train_labels, LABELS[TRAIN_LABELS], strict=True)
    np.testing.assert_array_equal(data.test_labels, LABELS[TEST_LABELS], strict=True)
    assert data.origin == str(folder)


def test_an_altered_file_is_refused(folder):
    (folder / TEST_LABELS).write_bytes(b"something else")

    with pytest.raises(UserError, match=f"{TEST_LABELS} is truncated or altered"):
        fashion_mnist(path=str(folder), download_folder="unused")
