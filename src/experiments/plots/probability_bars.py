"""Test images, each beside a bar for the probability of every class."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.plots.as_written import as_written
from experiments.plots.figure import new_figure, short, show_image
from experiments.types import Array

_MOST_BARS = 10


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
        images: shape ``(n, height, width, channels)`` with 1 or 3 channels.
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
    figure = new_figure(4.2 * columns, 2.2 * rows + 0.5)
    grid = figure.subplots(rows, 2 * columns, squeeze=False)
    for axes in grid.ravel():
        axes.set_axis_off()
    for number in range(shown):
        row, column = divmod(number, columns)
        picture, bars = grid[row, 2 * column : 2 * column + 2]
        label, chances = int(labels[number]), probabilities[number]
        guess = int(chances.argmax())
        show_image(picture, images[number])
        picture.set_title(
            f"{short(class_names[guess])}, {chances[guess]:.0%}\n(true: {short(class_names[label])})",
            color="blue" if guess == label else "red",
            fontsize=9,
        )
        _draw_bars(bars, chances, label=label, guess=guess, class_names=class_names)
    figure.suptitle(f"{title}: blue is the true class, red a wrong guess")
    return figure


def _draw_bars(axes: Any, chances: Array, *, label: int, guess: int, class_names: Sequence[str]) -> None:
    likeliest = np.sort(np.argsort(chances)[::-1][:_MOST_BARS])
    colours = ["blue" if which == label else "red" if which == guess else "grey" for which in likeliest]
    axes.set_axis_on()
    axes.barh(range(len(likeliest)), chances[likeliest], color=colours)
    axes.set_yticks(range(len(likeliest)), [short(class_names[which]) for which in likeliest], fontsize=7)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("probability", fontsize=7)
    axes.tick_params(axis="x", labelsize=7)
