import numpy as np
import pytest

from experiments.data.array_file import array_file, arrays_in
from experiments.errors import UserError

ARRAYS = {
    "images": np.arange(60, dtype=np.uint8).reshape(5, 3, 4),
    "numbers": np.linspace(0, 1, 7).astype(">f4"),
    "reversed": np.arange(-6, 6, dtype=">i2").reshape(6, 2),
    "columns": np.asfortranarray(np.arange(10.0).reshape(5, 2)),
}


def written(tmp_path, form):
    if form == "folder":
        (tmp_path / "arrays").mkdir()
        for name, array in ARRAYS.items():
            np.save(tmp_path / "arrays" / f"{name}.npy", array)
        return tmp_path / "arrays"
    save = {"npz": np.savez, "compressed": np.savez_compressed}[form]
    save(tmp_path / "arrays.npz", **ARRAYS)
    return tmp_path / "arrays.npz"


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("form", ["folder", "npz"])
def test_rows_are_those_of_the_array_in_this_machines_order_of_bytes(tmp_path, form, name):
    path, array = written(tmp_path, form), ARRAYS[name].astype(ARRAYS[name].dtype.newbyteorder("="))

    store = array_file(path, name)

    assert (store.shape, store.dtype.str, store.nbytes) == (array.shape, array.dtype.str, array.nbytes)
    for rows in (np.array([4, 0, 0]), np.arange(5)):
        np.testing.assert_array_equal(store.read(rows), array[rows], strict=True)
        assert not isinstance(store.read(rows), np.memmap)
        assert store.read(rows).dtype.isnative
    assert store.load().dtype.isnative
    np.testing.assert_array_equal(store.load(), array, strict=True)
    assert sorted(arrays_in(path)) == sorted(ARRAYS)


def test_a_compressed_array_is_known_by_its_header_and_loaded_as_a_whole(tmp_path):
    store = array_file(written(tmp_path, "compressed"), "images")

    assert (store.shape, store.dtype) == ((5, 3, 4), np.uint8)
    np.testing.assert_array_equal(store.load(), ARRAYS["images"])
    with pytest.raises(ValueError, match="compressed"):
        store.read(np.array([0]))


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY\x01\x00", b"text"])
def test_a_broken_file_is_refused(tmp_path, content):
    (tmp_path / "x.npy").write_bytes(content)

    with pytest.raises(UserError, match=r"x\.npy cannot be read as a \.npy file"):
        array_file(tmp_path, "x")
