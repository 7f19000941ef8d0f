"""Read NumPy archives whose arrays hold Python lists, without trusting them."""

import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from experiments.errors import UserError
from experiments.types import Array

_NEEDED = {  # to rebuild an object array, by NumPy before and since 2.0; nothing else is ever called
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
}


class _ArraysOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return what rebuilds an array, and refuse everything else."""
        if (module, name) not in _NEEDED:
            raise pickle.UnpicklingError(f"it calls {module}.{name}")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def load_object_arrays(file: Path) -> dict[str, Array]:
    """Load every array of an ``.npz`` file by its name, lists of numbers included.

    ``numpy.load`` reads such arrays by ``allow_pickle=True`` alone, which runs whatever code a file brings. Here a file
    that calls anything but NumPy's own arrays is refused.

    Raises:
        UserError: the file is no such archive, or would run code.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return {name.removesuffix(".npy"): _read(archive, name) for name in archive.namelist()}
    except (zipfile.BadZipFile, pickle.UnpicklingError, EOFError, ValueError) as error:
        raise UserError(f"{file} cannot be read as arrays of numbers and lists: {error}.") from error


def _read(archive: zipfile.ZipFile, name: str) -> Array:
    with archive.open(name) as stream:
        version = np.lib.format.read_magic(stream)
        header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        dtype = header(stream)[2]
        if dtype.hasobject:
            array: Array = _ArraysOnly(stream).load()
            return array
    with archive.open(name) as stream:
        return np.lib.format.read_array(stream, allow_pickle=False)
