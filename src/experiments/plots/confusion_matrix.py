"""Which classes are taken for which."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.plots.as_written import as_written
from experiments.plots.figure import new_figure, put_title
from experiments.plots.names import columns, short
from experiments.types import Array

_MOST_CLASSES_WITH_NUMBERS = 20


@as_written()
def confusion_matrix(labels: Array, predicted: Array, *, class_names: Sequence[str], title: str) -> Any:
    """Draw how many examples of each class were given which class; colour shows the share of the true class.

    Args:
        labels: true classes, integers of shape ``(n,)``.
        predicted: predicted classes, integers of shape ``(n,)``.
        class_names: in the order of the labels.
        title: over the figure.

    Returns:
        A ``matplotlib.figure.Figure``; the counts are written into the cells for up to 20 classes.
    """
    class_names = [short(name) for name in class_names]
    classes = len(class_names)
    counts = np.bincount(labels.astype(np.int64) * classes + predicted, minlength=classes * classes).reshape(
        classes, classes
    )
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = min(max(4.0, 1.5 + 0.6 * classes), 16.0)
    figure = new_figure(side + 1, side)
    axes = figure.subplots()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    figure.colorbar(image, ax=axes, label="share of the true class", shrink=0.8)
    names_size = min(10.0, 72 * 0.7 * (side - 1.5) / classes)  # points: 72 to an inch, most of a row's height
    axes.set_xticks(range(classes), class_names, fontsize=names_size, **_turned(class_names))
    axes.set_yticks(range(classes), class_names, fontsize=names_size)
    axes.set(xlabel="predicted", ylabel="true")
    put_title(figure, title)
    if classes <= _MOST_CLASSES_WITH_NUMBERS:
        for row, column in np.argwhere(counts):
            colour = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, counts[row, column], ha="center", va="center", color=colour, fontsize=9)
    return figure


def _turned(class_names: Sequence[str]) -> dict[str, Any]:
    """Return how the names below the columns are turned so that they do not overlap: many need to stand upright."""
    if max(map(columns, class_names)) <= 3:
        return {}
    if len(class_names) > _MOST_CLASSES_WITH_NUMBERS:
        return {"rotation": 90}
    return {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
