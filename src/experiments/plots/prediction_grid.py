"""Test pictures with what the model says they are."""

from collections.abc import Sequence
from typing import Any

from experiments.plots.as_written import as_written
from experiments.plots.image_grid import image_grid
from experiments.plots.verdict import key, verdict
from experiments.types import Array

_COLUMNS = 6
MOST = 24


@as_written()
def prediction_grid(
    images: Array, labels: Array, probabilities: Array, *, class_names: Sequence[str], title: str
) -> Any:
    """Draw the first pictures with predicted class, its probability and the true class: blue if right, red if wrong.

    Args:
        images: shape ``(n, height, width, channels)``; up to 24 are drawn.
        labels: true classes, integers of shape ``(n,)``.
        probabilities: shape ``(n, classes)``.
        class_names: in the order of the labels.
        title: over the figure.

    Returns:
        A ``matplotlib.figure.Figure``.
    """
    shown = min(len(images), MOST)
    verdicts = [verdict(*each, class_names) for each in zip(labels[:shown], probabilities[:shown], strict=True)]
    titles, colours = zip(*verdicts, strict=True)
    return image_grid(images[:shown], titles, colours=colours, columns=_COLUMNS, title=f"{title}: {key(colours)}")
