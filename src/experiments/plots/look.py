"""How raw images of any type and number of channels are shown: alike within a figure, so that they can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.types import Array

_DIM = 64  # bytes that all stay below it, as the digits' 0-16, would be next to invisible on a scale to 255


@dataclass(frozen=True, kw_only=True)
class Look:
    """Show the images of one figure on one scale.

    Args:
        low: drawn as nothing: white paper under grey ink, black in colour.
        high: drawn as the most there is.
        channels: of the images.

    Example:
        >>> Look.of(np.zeros((2, 8, 8, 5), np.uint8) + np.uint8(200))
        Look(low=0.0, high=255.0, channels=5)
    """

    low: float
    high: float
    channels: int

    @classmethod
    def of(cls, images: Array) -> Look:
        """Return how to show images of shape ``(n, height, width, channels)``.

        Bytes are shown from 0 to 255, or to their brightest where all are dim; anything else from its least to its
        greatest finite value.
        """
        channels = images.shape[-1]
        seen = _seen(images)
        finite = seen[np.isfinite(seen)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        if images.dtype == np.uint8:
            low, high = 0.0, 255.0 if high >= _DIM else high
        return cls(low=low, high=high if high > low else low + 1, channels=channels)

    @property
    def caption(self) -> str:
        """Say what is shown of images that have other channels than grey or red, green and blue; else nothing."""
        if self.channels in (1, 3):
            return ""
        if self.channels == 2:
            return "channel 1 of 2 in grey"
        return f"channels 1-3 of {self.channels} as red, green and blue"

    def show(self, axes: Any, image: Array) -> None:
        """Draw an image of shape ``(height, width, channels)``; grey as ink on paper."""
        seen = _seen(image)
        if seen.shape[-1] == 1:
            axes.imshow(seen.squeeze(axis=-1), cmap="gray_r", vmin=self.low, vmax=self.high)
        elif seen.dtype == np.uint8 and self.high == 255:
            axes.imshow(seen)
        else:  # `imshow` takes no scale for colours
            scaled = (seen.astype(np.float64) - self.low) / (self.high - self.low)
            axes.imshow(np.nan_to_num(scaled).clip(0, 1))


def _seen(images: Array) -> Array:
    """Return the channels that are shown, booleans as bytes."""
    seen = images[..., :3] if images.shape[-1] >= 3 else images[..., :1]
    return seen.astype(np.uint8) if seen.dtype == np.bool_ else seen
