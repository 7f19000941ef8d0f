import hashlib
from dataclasses import replace

import numpy as np
import pytest

from experiments.data import housing
from experiments.errors import UserError


def file_of(tmp_path, monkeypatch, name: str, prices: np.ndarray) -> str:
    """A small file of the published form, whose digest is the one expected."""
    features = np.arange(len(prices))[:, np.newaxis] * np.ones((1, 3))
    np.savez(tmp_path / f"{name}_housing.npz", x=features, y=prices)
    digest = hashlib.sha256((tmp_path / f"{name}_housing.npz").read_bytes()).hexdigest()
    published = replace(getattr(housing, name.upper()), files={f"{name}_housing.npz": ("0" * 64, digest)})
    monkeypatch.setattr(housing, name.upper(), published)
    return str(tmp_path)


@pytest.mark.parametrize(("name", "unit"), [("boston", 1), ("california", 1000)])
@pytest.mark.parametrize("test_split", [0.2, 0.5])
def test_the_test_split_is_that_of_keras_and_prices_are_in_thousands(tmp_path, monkeypatch, name, unit, test_split):
    prices = np.linspace(10, 50, 20) * unit
    folder = file_of(tmp_path, monkeypatch, name, prices)

    raw = getattr(housing, f"{name}_housing")(path=folder, download_folder="unused", test_split=test_split)

    order = np.arange(20)
    np.random.RandomState(113).shuffle(order)  # as keras.datasets does
    count = int(20 * (1 - test_split))
    assert raw.train_inputs[:, 0].tolist() == order[:count].tolist()
    assert raw.test_inputs[:, 0].tolist() == order[count:].tolist()
    np.testing.assert_allclose(raw.test_labels, np.linspace(10, 50, 20)[order[count:]], rtol=1e-6)
    assert {raw.train_inputs.dtype, raw.train_labels.dtype} == {np.dtype(np.float32)}
    assert raw.origin.endswith(f"{name}_housing.npz")


def test_an_altered_file_is_refused(tmp_path, monkeypatch):
    folder = file_of(tmp_path, monkeypatch, "boston", np.ones(5))
    (tmp_path / "boston_housing.npz").write_bytes(b"something else")

    with pytest.raises(UserError, match=r"boston_housing\.npz is truncated or altered"):
        housing.boston_housing(path=folder, download_folder="unused")
