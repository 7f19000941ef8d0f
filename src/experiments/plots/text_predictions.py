"""Test texts with what the model says they are."""

import textwrap
from collections.abc import Sequence
from typing import Any

from experiments.plots.as_written import as_written
from experiments.plots.figure import fit, new_figure, put_title
from experiments.plots.names import columns
from experiments.plots.verdict import key, verdict
from experiments.types import Array

MOST = 16
_LINE = 100  # characters
_LINES = 2  # of a text; the rest is cut
_WIDTH, _ROW, _VERDICT = 11.0, 0.52, 1.9  # inches


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
    shown = min(len(texts), MOST)
    verdicts = [verdict(*each, class_names) for each in zip(labels[:shown], probabilities[:shown], strict=True)]
    height = _ROW * shown + 0.7
    figure = new_figure(_WIDTH, height, layout=None)
    put_title(figure, f"{title}: {key([colour for _, colour in verdicts])}")
    for row, (said, colour) in enumerate(verdicts):
        top = 1 - (0.65 + _ROW * row) / height
        fit(figure.text(0.02, top, said, color=colour, fontsize=9, va="top"), _VERDICT)
        figure.text(0.2, top, _beginning(texts[row]), fontsize=9, va="top")
    return figure


def _beginning(text: str) -> str:
    """Return the first lines of a text, without whatever cannot be printed."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    letters = _LINE * len(printable) // max(columns(printable), 1)
    lines = textwrap.wrap(printable, max(letters, 1))
    if len(lines) > _LINES:
        *lines, last = lines[:_LINES]
        kept = last[: letters - 2]
        lines.append((kept if kept == last else kept.rpartition(" ")[0] or kept) + " …")
    return "\n".join(lines) or "(empty)"
