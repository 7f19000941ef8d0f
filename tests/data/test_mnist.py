import shutil

import numpy as np
import pytest

from experiments.data.mnist import SHA256, mnist
from experiments.errors import UserError
from experiments.paths import DATA_FILES
from experiments.types import RawData

SHIPPED = DATA_FILES / "mnist.npz"


@pytest.fixture(scope="module")
def data() -> RawData:
    return mnist()


def test_the_shipped_file_holds_all_of_mnist(data):
    assert data.train_inputs.shape == (60000, 28, 28, 1)
    assert data.test_inputs.shape == (10000, 28, 28, 1)
    assert data.train_inputs.dtype == data.test_inputs.dtype == np.uint8
    assert (data.train_inputs.min(), data.train_inputs.max()) == (0, 255)
    assert data.origin == str(SHIPPED)


def test_the_labels_are_the_published_ones(data):
    assert data.train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert data.test_labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert np.bincount(data.train_labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(data.test_labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


@pytest.mark.parametrize("given", ["mine/mnist.npz", "mine", "~/mine"])
def test_another_copy_may_be_named_by_its_file_or_its_folder(monkeypatch, tmp_path, given):
    copy = tmp_path / "mine" / "mnist.npz"
    copy.parent.mkdir()
    shutil.copy(SHIPPED, copy)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))

    data = mnist(given)

    assert (tmp_path / data.origin).samefile(copy)
    assert len(data.train_labels) == 60000


@pytest.mark.parametrize("missing", ["no/such/mnist.npz", "empty", "mnist.npy"])
def test_a_missing_file_is_refused_with_its_name_its_digest_and_the_cure(tmp_path, missing):
    (tmp_path / "empty").mkdir()

    with pytest.raises(UserError, match="is missing") as refusal:
        mnist(str(tmp_path / missing))

    assert all(part in str(refusal.value) for part in (str(tmp_path / missing), SHA256, "leave out data.path"))


@pytest.mark.parametrize("size", [0, 1000, SHIPPED.stat().st_size - 1])
def test_a_truncated_file_is_refused_with_its_name_and_the_cure(tmp_path, size):
    file = tmp_path / "mnist.npz"
    file.write_bytes(SHIPPED.read_bytes()[:size])

    with pytest.raises(UserError, match="truncated or altered") as refusal:
        mnist(str(tmp_path))

    assert all(part in str(refusal.value) for part in (str(file), SHA256, "leave out data.path"))


def test_a_valid_archive_of_other_content_is_refused(tmp_path):
    np.savez(tmp_path / "mnist.npz", x_train=np.zeros((2, 28, 28), np.uint8))

    with pytest.raises(UserError, match="truncated or altered"):
        mnist(str(tmp_path))
