"""An array in a ``.npy`` file, or in an ``.npz`` file, of which some rows can be read."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np

from experiments.errors import UserError
from experiments.types import Array

_LOCAL_HEADER = 30  # bytes before the name of a member of a ZIP file; its last four are the lengths of what follows
_BROKEN = (OSError, EOFError, ValueError, AttributeError, zipfile.BadZipFile)


@dataclass(frozen=True, kw_only=True, eq=False)
class ArrayFile:
    """A store of the rows of one array.

    Args:
        path: of the file.
        member: name of the array in an ``.npz`` file; empty for a ``.npy`` file.
        shape: of the array.
        file_dtype: of the array in the file, in whatever order of bytes.
        order: ``C`` where rows lie one after another, ``F`` where columns do.
        offset: in bytes, where the array begins in the file; ``None`` where it is compressed.
    """

    path: Path
    member: str
    shape: tuple[int, ...]
    file_dtype: np.dtype[Any]
    order: str
    offset: int | None

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the array as it is read: in this machine's order of bytes, for TensorFlow knows no other."""
        return self.file_dtype.newbyteorder("=")

    @property
    def nbytes(self) -> int:
        """Bytes of the whole array."""
        return prod(self.shape) * self.dtype.itemsize

    def load(self) -> Array:
        """Return the whole array."""
        content = np.load(self.path, allow_pickle=False)
        if not self.member:
            return np.asarray(content, self.dtype)
        with content:
            return np.asarray(content[self.member], self.dtype)

    def read(self, rows: Array) -> Array:
        """Return some rows, shape ``(len(rows), …)``."""
        if self.offset is None:
            raise ValueError(f"{self.path} is compressed: {self.member} can be read only as a whole")
        # Mapped for this once: pages of a mapping that stays would stay in memory with it.
        mapped = np.memmap(self.path, self.file_dtype, "r", self.offset, self.shape, self.order)  # type: ignore[call-overload]
        return np.asarray(mapped[rows], self.dtype)


def arrays_in(path: Path) -> list[str]:
    """Return the names of the arrays in an ``.npz`` file, or in a folder of ``.npy`` files.

    Raises:
        UserError: the file cannot be read.
    """
    if path.is_dir():
        return sorted(file.stem for file in path.glob("*.npy"))
    with _readable(path), zipfile.ZipFile(path) as archive:
        return [name.removesuffix(".npy") for name in archive.namelist()]


def array_file(path: Path, name: str) -> ArrayFile:
    """Return one of those arrays; only its header is read.

    Raises:
        UserError: the file cannot be read, or holds Python objects.
    """
    if path.is_dir():
        with _readable(path / f"{name}.npy"), (path / f"{name}.npy").open("rb") as file:
            return _described(path / f"{name}.npy", "", file, begin=0)
    with _readable(path), zipfile.ZipFile(path) as archive:
        member = archive.getinfo(f"{name}.npy")
        begin = _begin(path, member) if member.compress_type == zipfile.ZIP_STORED else None
        with archive.open(member) as file:
            return _described(path, name, file, begin=begin)


def _described(path: Path, member: str, file: IO[bytes], *, begin: int | None) -> ArrayFile:
    major, _ = np.lib.format.read_magic(file)
    read_header = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
    shape, is_by_columns, dtype = read_header(file)
    if dtype.hasobject:
        raise ValueError(f"{member or path.stem} holds Python objects")
    offset = None if begin is None else begin + file.tell()
    order = "F" if is_by_columns else "C"
    return ArrayFile(path=path, member=member, shape=shape, file_dtype=dtype, order=order, offset=offset)


def _begin(path: Path, member: zipfile.ZipInfo) -> int:
    """Return where the content of a member of a ZIP file begins, in bytes."""
    with path.open("rb") as file:
        file.seek(member.header_offset)
        header = file.read(_LOCAL_HEADER)
    lengths = (int.from_bytes(header[at : at + 2], "little") for at in (26, 28))  # of its name and of extra fields
    return member.header_offset + _LOCAL_HEADER + sum(lengths)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        form = "a .npy file of a plain array" if path.suffix == ".npy" else "an .npz file of plain arrays"
        raise UserError(f"{path} cannot be read as {form}: {error}") from error
