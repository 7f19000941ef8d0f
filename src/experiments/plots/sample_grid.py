"""Examples of a data set with their class names."""

from collections.abc import Sequence
from typing import Any

from experiments.plots.as_written import as_written
from experiments.plots.figure import new_figure, short, show_image
from experiments.types import Array


@as_written()
def sample_grid(
    images: Array, labels: Array, *, class_names: Sequence[str], title: str, rows: int = 5, columns: int = 5
) -> Any:
    """Draw the first images with the name of their class.

    Args:
        images: shape ``(n, height, width, channels)`` with 1 or 3 channels.
        labels: their classes, integers of shape ``(n,)``.
        class_names: in the order of the labels.
        title: over the figure.
        rows: of images, at most.
        columns: of images.

    Returns:
        A ``matplotlib.figure.Figure``.
    """
    shown = min(len(images), rows * columns)
    rows = -(-shown // columns)
    height = 1.8 * rows + 0.5
    figure = new_figure(1.7 * columns, height, layout=None)
    figure.subplots_adjust(left=0.02, right=0.98, bottom=0.02, top=1 - 0.75 / height, hspace=0.25, wspace=0.1)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid:
        axes.set_axis_off()
    for axes, image, label in zip(grid[:shown], images[:shown], labels[:shown], strict=True):
        show_image(axes, image)
        axes.set_title(short(class_names[label]), fontsize=9)
    figure.suptitle(title)
    return figure
