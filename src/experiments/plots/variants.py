"""The learning curves of several runs in one chart."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from experiments.plots.as_written import as_written
from experiments.plots.figure import new_figure
from experiments.plots.units import with_unit

_DASHES = {"validation": "-", "training": "--"}
_TURNS = {"validation": (8, 8), "training": (6, 4)}  # points that each of equal lines has to itself, and inks
_NEAR = 0.004  # of the range of all values: about the width of a line

Curves = Mapping[str, Sequence[float]]
"""Values by epoch: ``validation``, where there is one, and then ``training``."""


@as_written()
def variants(curves: Mapping[str, Curves], *, metric: str, title: str, unit: str = "") -> Any:
    """Draw a metric by epoch for each run: validation as a line, training dashed in the same colour.

    A run without validation has its dashed line only, one of a single epoch has dots. Where lines lie on one another
    their colours take turns.

    Args:
        curves: of each run by its name, in the order of the legend.
        metric: what the values are.
        title: over the figure.
        unit: of the values; may be empty.

    Returns:
        A ``matplotlib.figure.Figure``.

    Source: https://www.tensorflow.org/tutorials/keras/overfit_and_underfit.
    """
    from matplotlib import colormaps

    figure = new_figure(10.0, 6.0)
    axes = figure.subplots()
    colours = colormaps["tab10" if len(curves) <= 10 else "tab20"]
    turns = {split: _turns([values.get(split, ()) for values in curves.values()]) for split in _DASHES}
    key = []
    for number, (name, values) in enumerate(curves.items()):
        colour = colours(number % colours.N)
        for split in (split for split in _DASHES if split in values):
            style = (_style if len(values[split]) > 1 else _dot)(split, *turns[split][number])
            axes.plot(range(1, len(values[split]) + 1), values[split], color=colour, label=name, **style)
        key.append(_key(name, "-" if "validation" in values else "--", colour))
    has_dots = any(len(line) == 1 for values in curves.values() for line in values.values())
    key.append(_key(f"(dashed{', hollow' if has_dots else ''}: training)", "--", "grey"))
    if any(count > 1 for each in turns.values() for _, count in each):
        key.append(_key("(colours in turn: equal lines)", "", "grey"))
    label = with_unit(metric.removeprefix("val_").replace("_", " "), unit)
    axes.set(xlabel="epoch", ylabel=label, title=title)
    axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    axes.grid(alpha=0.3)
    figure.legend(handles=key, loc="outside right upper", fontsize=8)
    return figure


def _turns(lines: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Return, for each line, its place among those that lie on one another, and how many these are."""
    values = np.concatenate([np.asarray(line, float) for line in lines])
    finite = values[np.isfinite(values)]
    near = _NEAR * float(np.ptp(finite)) if finite.size else 0.0
    groups: list[list[int]] = []
    for number, line in enumerate(lines):
        group = next((group for group in groups if _same(lines[group[0]], line, near)), None)
        if line and group is not None:
            group.append(number)
        else:
            groups.append([number])
    return [(group.index(n), len(group)) for n in range(len(lines)) for group in groups if n in group]


def _same(one: Sequence[float], other: Sequence[float], near: float) -> bool:
    return len(one) == len(other) and np.allclose(one, other, rtol=0, atol=near, equal_nan=True)


def _style(split: str, place: int, count: int) -> dict[str, Any]:
    """Return the style of a line: where several lie on one another, each is drawn where the others leave gaps."""
    if count == 1:
        return {"linestyle": _DASHES[split]}
    turn, ink = _TURNS[split]
    return {"linestyle": (turn * place, (ink, turn * count - ink))}


def _dot(split: str, place: int, count: int) -> dict[str, Any]:
    """Return the style of a single epoch, which no line can show: where several lie on one another, each has a rim."""
    size, fill = 6 + 4 * (count - 1 - place), "none" if split == "training" else "full"
    return {"linestyle": _DASHES[split], "marker": "o", "markersize": size, "fillstyle": fill}


def _key(label: str, style: str, colour: Any) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], linestyle=style, color=colour, label=label)
