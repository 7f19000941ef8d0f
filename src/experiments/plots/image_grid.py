"""Images in rows and columns, each under a title of its own."""

from collections.abc import Sequence
from typing import Any

from experiments.plots.figure import fit, new_figure, put_title
from experiments.plots.look import Look
from experiments.types import Array

_PITCH = 1.7  # inches from one image to the next
_WIDTH = 1.5  # of an image
_TITLE = 0.6  # over all of it
_FLATTEST, _TALLEST = 0.1, 2.0  # height by width; beyond, an image leaves some of its place blank


def image_grid(
    images: Array, titles: Sequence[str], *, colours: Sequence[str] | None = None, columns: int, title: str
) -> Any:
    """Draw images, as high as their width asks for, each with a title that is no wider than its place.

    Args:
        images: shape ``(n, height, width, channels)``; all are drawn.
        titles: one for each image, all of as many lines.
        colours: of the titles. Default black.
        columns: of images.
        title: over the figure.

    Returns:
        A ``matplotlib.figure.Figure``.
    """
    rows = -(-len(images) // columns)
    picture = _WIDTH * min(max(images.shape[1] / images.shape[2], _FLATTEST), _TALLEST)
    name = 0.2 + 0.1 * len(titles[0].split("\n"))
    height = rows * (picture + name) + _TITLE
    figure = new_figure(_PITCH * columns, height, layout=None)
    edge = (_PITCH - _WIDTH) / 2 / (_PITCH * columns)
    figure.subplots_adjust(
        left=edge,
        right=1 - edge,
        bottom=0.1 / height,
        top=1 - (_TITLE - 0.1 + name) / height,
        hspace=name / picture,
        wspace=(_PITCH - _WIDTH) / _WIDTH,
    )
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    look = Look.of(images)
    for axes in grid:
        axes.set_axis_off()
    for axes, image, text, colour in zip(grid, images, titles, colours or ["black"] * len(images), strict=False):
        look.show(axes, image)
        fit(axes.set_title(text, color=colour, fontsize=9), _PITCH - 0.1)
    put_title(figure, title, look.caption)
    return figure
