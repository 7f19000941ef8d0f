"""Picture files, decoded whenever they are wanted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from experiments.errors import UserError
from experiments.picture_file import picture_in
from experiments.stored import read_ahead
from experiments.types import Array

CURE = "Mend or remove them, or leave them out: data.source.unreadable=skip."


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageFiles:
    """A store of pictures, each in a file of its own.

    Args:
        files: of any format that Pillow reads.
        size: height, width and channels that every picture is brought to: 3 channels for colour, 1 for grey.
    """

    files: Sequence[Path]
    size: Sequence[int]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of all pictures: ``(n, height, width, channels)``."""
        return (len(self.files), *self.size)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the pictures: uint8."""
        return np.dtype(np.uint8)

    @property
    def nbytes(self) -> int:
        """Of all pictures, decoded."""
        return prod(self.shape)

    def read(self, rows: Array) -> Array:
        """Decode the pictures in these rows.

        Raises:
            UserError: one of them cannot be read.
        """
        pictures = np.empty((len(rows), *self.size), self.dtype)
        for place, row in enumerate(rows):
            picture = self.picture(self.files[row])
            if isinstance(picture, str):
                raise UserError(f"a file cannot be read as a picture: {picture}. {CURE}")
            pictures[place] = picture
        return pictures

    def picture(self, file: Path) -> Array | str:
        """Return a picture of shape ``size``, or the file's name and what is wrong with it."""
        found = picture_in(file, self.size)
        return f"{file} ({found})" if isinstance(found, str) else found

    def pictures(self) -> Iterator[Array | str]:
        """Yield what ``picture`` returns of each file, decoded by all cores."""
        return read_ahead(self.picture, self.files)
