import os
import pickle
import zipfile

import numpy as np
import pytest

from experiments.data.object_arrays import load_object_arrays
from experiments.errors import UserError

LISTS = np.array([[1, 2, 3], [4], []], dtype=object)


class RunsCode:
    def __reduce__(self):
        return os.mkdir, ("made-by-a-data-file",)


def test_lists_and_numbers_are_read(tmp_path):
    np.savez(tmp_path / "a.npz", x=LISTS, y=np.arange(3))
    arrays = load_object_arrays(tmp_path / "a.npz")

    assert arrays["x"].tolist() == LISTS.tolist()
    np.testing.assert_array_equal(arrays["y"], np.arange(3), strict=True)


def test_a_file_of_numpy_before_2_is_read(tmp_path):
    content = pickle.dumps(LISTS, protocol=3).replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    assert b"numpy.core.multiarray" in content
    with zipfile.ZipFile(tmp_path / "old.npz", "w") as archive, archive.open("x.npy", "w") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "|O", "fortran_order": False, "shape": LISTS.shape})
        file.write(content)

    assert load_object_arrays(tmp_path / "old.npz")["x"].tolist() == LISTS.tolist()


def test_a_file_that_would_run_code_is_refused_before_it_does(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("bad.npz", x=np.array([RunsCode(), None], dtype=object))

    with pytest.raises(UserError, match=r"bad\.npz cannot be read .* calls (posix|os)\.mkdir"):
        load_object_arrays(tmp_path / "bad.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["bad.npz"]


def test_another_file_is_refused(tmp_path):
    (tmp_path / "a.npz").write_text("something else")

    with pytest.raises(UserError, match=r"a\.npz cannot be read"):
        load_object_arrays(tmp_path / "a.npz")
