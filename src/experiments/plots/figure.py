"""New figures and their files, without a display and without global state."""

from pathlib import Path
from typing import Any

_DPI = 100


def new_figure(width: float, height: float) -> Any:
    """Return an empty ``matplotlib.figure.Figure`` of that size in inches, laid out so that nothing overlaps."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def save_png(figure: Any, path: Path) -> Path:
    """Write the figure as a PNG file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=_DPI)
    return path
