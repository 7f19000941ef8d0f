"""New figures and their files, without a display and without global state."""

from pathlib import Path
from typing import Any, Literal

from experiments.types import Array

_DPI = 100
_LONGEST_NAME = 18  # characters; longer ones would overlap


def new_figure(width: float, height: float, layout: Literal["constrained"] | None = "constrained") -> Any:
    """Return an empty ``matplotlib.figure.Figure`` of that size in inches.

    By default it is laid out so that nothing overlaps, which takes longer than the drawing where panels are many.
    """
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout=layout)


def short(name: str) -> str:
    """Return a class name short enough for a label.

    Example:
        >>> short("a name that is much too long")
        'a name that is mu…'
    """
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def show_image(axes: Any, image: Array) -> None:
    """Draw an image of shape ``(height, width, channels)``, one channel as ink on paper."""
    if image.shape[-1] == 1:
        axes.imshow(image.squeeze(axis=-1), cmap="gray_r")
    else:
        axes.imshow(image)


def save_png(figure: Any, path: Path) -> Path:
    """Write the figure as a PNG file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=_DPI)
    return path
