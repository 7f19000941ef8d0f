"""Test images, each beside a bar for the probability of every class."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.plots.as_written import as_written
from experiments.plots.figure import fit, new_figure, put_title
from experiments.plots.look import Look
from experiments.plots.names import short
from experiments.plots.verdict import verdict
from experiments.types import Array

_MOST_BARS = 10
_PAIR, _PICTURE, _NAMES = 4.6, 2.0, 1.2  # inches across: image and bars, the image, the names beside the bars
_ROW, _HEIGHT, _BELOW, _TITLE = 2.2, 1.4, 0.4, 0.5  # inches upwards: a row, its axes, what is below them, the title


@as_written()
def probability_bars(
    images: Array,
    labels: Array,
    probabilities: Array,
    *,
    class_names: Sequence[str],
    title: str,
    rows: int = 5,
    columns: int = 3,
) -> Any:
    """Draw the first images with their probabilities: the true class is blue, a wrong guess is red.

    Args:
        images: shape ``(n, height, width, channels)``.
        labels: true classes, integers of shape ``(n,)``.
        probabilities: shape ``(n, classes)``; of many classes the ten likeliest are shown.
        class_names: in the order of the labels.
        title: over the figure.
        rows: of pairs of an image and its bars, at most.
        columns: of such pairs.

    Returns:
        A ``matplotlib.figure.Figure``.

    Source: https://www.tensorflow.org/tutorials/keras/classification.
    """
    shown = min(len(images), rows * columns)
    rows = -(-shown // columns)
    figure = new_figure(_PAIR * columns, _ROW * rows + _TITLE, layout=None)
    look = Look.of(images[:shown])
    for number in range(shown):
        row, column = divmod(number, columns)
        left, bottom = _PAIR * column, _ROW * (rows - row - 1) + _BELOW
        picture = _axes(figure, left + 0.1, bottom, _PICTURE - 0.1)
        bars = _axes(figure, left + _PICTURE + _NAMES, bottom, _PAIR - _PICTURE - _NAMES - 0.2)
        label, chances = int(labels[number]), probabilities[number]
        said, colour = verdict(label, chances, class_names)
        picture.set_axis_off()
        look.show(picture, images[number])
        fit(picture.set_title(said, color=colour, fontsize=9), _PICTURE)
        _draw_bars(bars, chances, label=label, class_names=class_names)
    put_title(figure, f"{title}: blue is the true class, red a wrong guess", look.caption)
    return figure


def _axes(figure: Any, left: float, bottom: float, width: float) -> Any:
    """Add axes whose place is given in inches, so that neither names nor titles of one reach into another."""
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, _HEIGHT / up))


def _draw_bars(axes: Any, chances: Array, *, label: int, class_names: Sequence[str]) -> None:
    likeliest = np.sort(np.argsort(chances)[::-1][:_MOST_BARS])
    guess = int(np.argmax(chances))
    colours = ["blue" if which == label else "red" if which == guess else "grey" for which in likeliest]
    axes.barh(range(len(likeliest)), chances[likeliest], color=colours)
    axes.set_yticks(range(len(likeliest)), [short(class_names[which]) for which in likeliest], fontsize=7)
    for name in axes.get_yticklabels():
        fit(name, _NAMES - 0.15)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("probability", fontsize=7)
    axes.tick_params(axis="x", labelsize=7)
