"""New figures and their files, without a display and without global state."""

from pathlib import Path
from typing import Any, Literal

from experiments.plots.fonts import missing_letters_told

_DPI = 100


def new_figure(width: float, height: float, layout: Literal["constrained"] | None = "constrained") -> Any:
    """Return an empty ``matplotlib.figure.Figure`` of that size in inches.

    By default it is laid out so that nothing overlaps, which takes longer than the drawing where panels are many.
    """
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout=layout)


def fit(text: Any, inches: float) -> None:
    """Make a text of a figure smaller where it is wider than that."""
    for _ in range(3):  # letters end on whole pixels, so that half the size is not quite half as wide
        width = text.get_window_extent(dpi=_DPI).width / _DPI
        if width <= inches:
            return
        text.set_fontsize(text.get_fontsize() * 0.98 * inches / width)


def put_title(figure: Any, *parts: str) -> None:
    """Write a title over the whole figure, no wider than it is: the parts that are not empty, between semicolons."""
    width, height = figure.get_size_inches()
    place = {} if figure.get_layout_engine() else {"y": 1 - 0.12 / height}
    fit(figure.suptitle("; ".join(filter(None, parts)), **place), width - 0.2)


def save_png(figure: Any, path: Path) -> Path:
    """Write the figure as a PNG file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with missing_letters_told():
        figure.savefig(path, dpi=_DPI)
    return path
