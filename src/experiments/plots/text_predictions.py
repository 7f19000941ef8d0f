"""Test texts with what the model says they are."""

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.plots.as_written import as_written
from experiments.plots.figure import new_figure, short
from experiments.types import Array

MOST = 16
_LINE = 100  # characters
_LINES = 2  # of a text; the rest is cut
_ROW = 0.52  # inches


@as_written()
def text_predictions(
    texts: Array, labels: Array, probabilities: Array, *, class_names: Sequence[str], title: str
) -> Any:
    """Write the first texts with predicted class, its probability and the true class: blue if right, red if wrong.

    Args:
        texts: shape ``(n,)``; up to 16 are written, two lines of each.
        labels: true classes, integers of shape ``(n,)``.
        probabilities: shape ``(n, classes)``.
        class_names: in the order of the labels.
        title: over the figure.

    Returns:
        A ``matplotlib.figure.Figure``.
    """
    rows = range(min(len(texts), MOST))
    height = _ROW * len(rows) + 0.7
    figure = new_figure(11.0, height, layout=None)
    figure.suptitle(f"{title}: blue is right, red is wrong", y=1 - 0.25 / height)
    for row in rows:
        top = 1 - (0.65 + _ROW * row) / height
        guess, label = int(np.argmax(probabilities[row])), int(labels[row])
        verdict = f"{short(class_names[guess])}, {probabilities[row][guess]:.0%}\n(true: {short(class_names[label])})"
        common = {"fontsize": 9, "va": "top"}
        figure.text(0.02, top, verdict, color="blue" if guess == label else "red", **common)
        figure.text(0.2, top, _beginning(texts[row]), **common)
    return figure


def _beginning(text: str) -> str:
    """Return the first lines of a text, without whatever cannot be printed."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return textwrap.fill(printable, _LINE, max_lines=_LINES, placeholder=" …") or "(empty)"
