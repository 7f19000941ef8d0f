"""Examples gathered piece by piece: in memory, or in a file that vanishes with the process."""

import mmap
import os
import tempfile
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np

from experiments.errors import UserError
from experiments.stored import StoredInputs
from experiments.types import Array


class Gathered(Protocol):
    """Examples of one shape and type, while they come in."""

    def extend(self, examples: Array) -> None:
        """Add examples, shape ``(k, *input_shape)``, of numbers or of texts."""

    def inputs(self) -> Array | StoredInputs:
        """Return all of them in their order; nothing can be added after that."""


def gather(*, hold: bool, folder: str | None) -> Gathered:
    """Return what gathers examples in memory, if they are to be held, or in a file of ``folder``."""
    return InMemory() if hold else InFile(folder)


class InMemory:
    """Examples in memory."""

    def __init__(self) -> None:
        self._parts: list[Array] = []

    def extend(self, examples: Array) -> None:
        """Add examples."""
        self._parts.append(examples)

    def inputs(self) -> Array:
        """Return all of them."""
        return np.concatenate(self._parts) if self._parts else np.empty(0, dtype=object)


class InFile:
    """Examples in a file that has no name, and so is gone when the process ends, however it ends.

    Args:
        folder: of the file, made if need be; ``None`` for that of the system's temporary files.
    """

    def __init__(self, folder: str | None) -> None:
        self._folder, self._count = Path(folder or tempfile.gettempdir()), 0
        with self._room_or_error():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - open as long as they are wanted
        self._like = np.empty(0, dtype=object)
        self._lengths = array("q")  # of each text, in bytes

    def extend(self, examples: Array) -> None:
        """Add examples.

        Raises:
            UserError: the disk is full.
        """
        self._like = examples[:0]
        with self._room_or_error():
            self._file.write(self._encoded(examples) if examples.dtype.hasobject else examples.tobytes())
        self._count += len(examples)

    def _encoded(self, texts: Array) -> bytes:
        encoded = [text.encode() for text in texts]
        self._lengths.extend(map(len, encoded))
        return b"".join(encoded)

    @contextmanager
    def _room_or_error(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UserError(
                f"{self._count} examples are written to {self._folder}, and no more can be: {error}. "
                "Choose another folder: paths.data=FOLDER."
            ) from error

    def inputs(self) -> StoredInputs:
        """Return all of them, to be read when they are wanted."""
        with self._room_or_error():
            self._file.flush()
        if self._like.dtype.hasobject:
            ends = np.concatenate([[0], np.cumsum(np.frombuffer(self._lengths, dtype=np.int64))])
            return StoredInputs.all_of(WrittenTexts(file=self._file, ends=ends))
        shape = (self._count, *self._like.shape[1:])
        return StoredInputs.all_of(WrittenArrays(file=self._file, shape=shape, dtype=self._like.dtype))


@dataclass(frozen=True, kw_only=True, eq=False)
class WrittenArrays:
    """A store of arrays that lie one after another in an open file."""

    file: IO[bytes]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def nbytes(self) -> int:
        """Of all examples."""
        return prod(self.shape) * self.dtype.itemsize

    def read(self, rows: Array) -> Array:
        """Return the examples in these rows."""
        # Mapped for this once: pages of a mapping that stays would stay in memory with it.
        mapped = mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_READ)
        return np.frombuffer(mapped, self.dtype).reshape(self.shape)[rows]


@dataclass(frozen=True, kw_only=True, eq=False)
class WrittenTexts:
    """A store of texts that lie one after another in an open file, in UTF-8.

    Args:
        file: open for reading.
        ends: where each text ends, in bytes, after a 0; shape ``(n + 1,)``.
    """

    file: IO[bytes]
    ends: Array

    @property
    def shape(self) -> tuple[int, ...]:
        """Of all texts: ``(n,)``."""
        return (len(self.ends) - 1,)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the texts: object."""
        return np.dtype(object)

    @property
    def nbytes(self) -> int:
        """Of all texts."""
        return int(self.ends[-1])

    def read(self, rows: Array) -> Array:
        """Return the texts in these rows."""
        texts = np.empty(len(rows), dtype=object)
        for place, (begin, end) in enumerate(zip(self.ends[rows], self.ends[np.add(rows, 1)], strict=True)):
            texts[place] = os.pread(self.file.fileno(), end - begin, begin).decode()
        return texts
