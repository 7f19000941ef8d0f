import hashlib
import io
import pickle
import tarfile
from dataclasses import replace

import numpy as np
import pytest

from experiments.data import cifar
from experiments.errors import UserError

TEN = {f"cifar-10-batches-py/data_batch_{number}": 2 for number in range(1, 6)} | {"cifar-10-batches-py/test_batch": 3}
HUNDRED = {"cifar-100-python/train": 4, "cifar-100-python/test": 2}


def batch(first: int, count: int) -> dict[bytes, object]:
    """Pictures whose red, green and blue are the number of the picture, plus 0, 100 and 200."""
    planes = [[first + row + 100 * channel] * 1024 for row in range(count) for channel in range(3)]
    labels = [(first + row) % 10 for row in range(count)]
    return {
        b"data": np.uint8(planes).reshape(count, 3072),
        b"labels": labels,
        b"fine_labels": labels,
        b"coarse_labels": [label // 5 for label in labels],
    }


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """Write an archive of the published form and make its digest the one expected."""

    def write(name: str, members: dict[str, int], *, folder=tmp_path, keep: str = "") -> str:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            contents = {member: batch(10 * number, count) for number, (member, count) in enumerate(members.items())}
            contents["cifar-100-python/meta"] = {
                b"fine_label_names": [f"fine {label}".encode() for label in range(10)],
                b"coarse_label_names": [b"low", b"high"],
            }
            for member, content in contents.items():
                data = pickle.dumps(content)
                info = tarfile.TarInfo(member)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        published = getattr(cifar, name)
        (file,) = published.files
        folder.mkdir(parents=True, exist_ok=True)
        (folder / (keep or file)).write_bytes(buffer.getvalue())
        digest = hashlib.sha256(buffer.getvalue()).hexdigest()
        monkeypatch.setattr(cifar, name, replace(published, files={file: (digest,)}))
        return str(folder)

    return write


def test_cifar10_is_put_together_from_its_batches_in_their_order(archive):
    raw = cifar.cifar10(path=archive("CIFAR10", TEN), download_folder="unused")

    numbers = [0, 1, 10, 11, 20, 21, 30, 31, 40, 41]
    assert raw.train_inputs.shape == (10, 32, 32, 3)
    assert raw.train_inputs.dtype == np.uint8
    assert raw.train_inputs[:, 0, 0, 0].tolist() == raw.train_inputs[:, 31, 31, 0].tolist() == numbers
    assert raw.train_inputs[3, 5, 7].tolist() == [11, 111, 211], "red, green, blue"
    assert raw.train_labels.tolist() == [number % 10 for number in numbers]
    assert raw.test_labels.tolist() == [0, 1, 2]


@pytest.mark.parametrize(("labels", "expected", "names"), [("fine", [0, 1, 2, 3], 10), ("coarse", [0, 0, 0, 0], 2)])
def test_cifar100_has_fine_and_coarse_labels_with_their_names(archive, labels, expected, names):
    raw = cifar.cifar100(path=archive("CIFAR100", HUNDRED), download_folder="unused", labels=labels)

    assert raw.train_labels.tolist() == expected
    assert len(raw.class_names) == names
    assert raw.class_names[0] == ("fine 0" if labels == "fine" else "low")


def test_the_archive_that_keras_keeps_is_found_under_its_name(archive, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    archive("CIFAR10", TEN, folder=tmp_path / "datasets", keep="cifar-10-batches-py-target_archive")

    raw = cifar.cifar10(download_folder=str(tmp_path / "downloads"), timeout=1)

    assert raw.origin == str(tmp_path / "datasets" / "cifar-10-batches-py-target_archive")


def test_an_archive_that_lacks_a_batch_is_refused(archive):
    with pytest.raises(UserError, match="is not the archive that it should be"):
        cifar.cifar10(path=archive("CIFAR10", {"cifar-10-batches-py/data_batch_1": 2}), download_folder="unused")
