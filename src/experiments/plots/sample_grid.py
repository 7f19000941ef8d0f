"""Examples of a data set with their class names."""

from collections.abc import Sequence
from typing import Any

from experiments.plots.as_written import as_written
from experiments.plots.image_grid import image_grid
from experiments.plots.names import short
from experiments.types import Array


@as_written()
def sample_grid(
    images: Array, labels: Array, *, class_names: Sequence[str], title: str, rows: int = 5, columns: int = 5
) -> Any:
    """Draw the first images with the name of their class.

    Args:
        images: shape ``(n, height, width, channels)``.
        labels: their classes, integers of shape ``(n,)``.
        class_names: in the order of the labels.
        title: over the figure.
        rows: of images, at most.
        columns: of images.

    Returns:
        A ``matplotlib.figure.Figure``.
    """
    shown = min(len(images), rows * columns)
    names = [short(class_names[label]) for label in labels[:shown]]
    return image_grid(images[:shown], names, columns=columns, title=title)
