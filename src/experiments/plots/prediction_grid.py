"""Test pictures with what the model says they are."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.plots.as_written import as_written
from experiments.plots.figure import new_figure, short, show_image
from experiments.types import Array

_COLUMNS = 6
MOST = 24


@as_written()
def prediction_grid(
    images: Array, labels: Array, probabilities: Array, *, class_names: Sequence[str], title: str
) -> Any:
    """Draw the first pictures with predicted class, its probability and the true class: blue if right, red if wrong.

    Args:
        images: shape ``(n, height, width, channels)`` with 1 or 3 channels; up to 24 are drawn.
        labels: true classes, integers of shape ``(n,)``.
        probabilities: shape ``(n, classes)``.
        class_names: in the order of the labels.
        title: over the figure.

    Returns:
        A ``matplotlib.figure.Figure``.
    """
    shown = min(len(images), MOST)
    rows = -(-shown // _COLUMNS)
    height = 1.9 * rows + 0.6
    figure = new_figure(1.7 * _COLUMNS, height, layout=None)
    figure.subplots_adjust(left=0.02, right=0.98, bottom=0.1 / height, top=1 - 0.9 / height, hspace=0.4, wspace=0.1)
    grid = figure.subplots(rows, _COLUMNS, squeeze=False).ravel()
    for axes in grid:
        axes.set_axis_off()
    for axes, image, label, row in zip(
        grid[:shown], images[:shown], labels[:shown], probabilities[:shown], strict=True
    ):
        guess = int(np.argmax(row))
        show_image(axes, image)
        axes.set_title(
            f"{short(class_names[guess])}, {row[guess]:.0%}\n(true: {short(class_names[label])})",
            color="blue" if guess == label else "red",
            fontsize=8,
        )
    figure.suptitle(f"{title}: blue is right, red is wrong")
    return figure
