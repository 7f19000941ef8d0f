"""A picture file, of any format that Pillow reads, as an array: for training and for prediction alike."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.types import Array

_SIXTEEN_BITS = {"I;16", "I;16L", "I;16B", "I;16N", "I"}  # Pillow's modes of grey PNG, PGM and TIFF files
_TO_EIGHT_BITS = 257  # 65535 / 255
_ORIENTATION = 0x0112  # EXIF's tag for how the camera was held
_TURNED = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
"""Its values, by what Pillow has to do to show the picture as every viewer does."""


def picture_in(file: Path, size: Sequence[int]) -> Array | str:
    """Return the picture at a size, or what is wrong with the file.

    Args:
        file: of a picture.
        size: height, width and channels that it is brought to: 3 channels for colour, 1 for grey.

    Returns:
        uint8 values 0-255 of shape ``size``; 16-bit greys are divided by 257, so that white stays white.
    """
    from PIL import Image

    height, width, channels = size
    try:
        with Image.open(file) as picture:
            plain = _eight_bits(_upright(picture)).convert("RGB" if channels == 3 else "L")
            resized = plain.resize((width, height), Image.Resampling.BILINEAR)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:  # Pillow raises all for bad files
        return str(error)
    return np.asarray(resized, dtype=np.uint8).reshape(height, width, channels)


def _upright(picture: Any) -> Any:
    from PIL import Image

    picture.load()  # which turns a TIFF by itself
    try:
        turned = _TURNED.get(picture.getexif().get(_ORIENTATION))
    except (ValueError, SyntaxError):  # what is damaged says nothing, and costs no picture
        return picture
    return picture.transpose(Image.Transpose[turned]) if turned else picture


def _eight_bits(picture: Any) -> Any:
    """Scale 16 bits, of which ``convert`` would cut off what is above 255.

    Raises:
        ValueError: the greys have no known white.
    """
    from PIL import Image

    if picture.mode not in _SIXTEEN_BITS | {"F"}:
        return picture
    greys = np.asarray(picture)
    if picture.mode == "F" or greys.min() < 0 or greys.max() > np.iinfo(np.uint16).max:
        raise ValueError(f"it has greys from {greys.min()} to {greys.max()}; save it with 8 or 16 bits")
    return Image.fromarray(np.rint(greys / _TO_EIGHT_BITS).astype(np.uint8))
