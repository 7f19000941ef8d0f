"""The learning curves of several runs in one chart."""

from collections.abc import Mapping, Sequence
from typing import Any

from experiments.plots.as_written import as_written
from experiments.plots.figure import new_figure

Curves = Mapping[str, Sequence[float]]
"""Values by epoch: ``validation``, where there is one, and then ``training``."""


@as_written()
def variants(curves: Mapping[str, Curves], *, metric: str, title: str) -> Any:
    """Draw a metric by epoch for each run: validation as a line, training dashed in the same colour.

    A run without validation has its dashed line only.

    Args:
        curves: of each run by its name, in the order of the legend.
        metric: what the values are.
        title: over the figure.

    Returns:
        A ``matplotlib.figure.Figure``.

    Source: https://www.tensorflow.org/tutorials/keras/overfit_and_underfit.
    """
    from matplotlib import colormaps

    figure = new_figure(10.0, 6.0)
    axes = figure.subplots()
    colours = colormaps["tab10" if len(curves) <= 10 else "tab20"]
    for number, (name, values) in enumerate(curves.items()):
        colour = colours(number % colours.N)
        for split, style in (("validation", "-"), ("training", "--")):
            if split in values:
                epochs = range(1, len(values[split]) + 1)
                label = name if split == next(iter(values)) else None
                axes.plot(epochs, values[split], style, color=colour, label=label)
    axes.plot([], [], "--", color="grey", label="(dashed: training)")
    axes.set(xlabel="epoch", ylabel=metric.removeprefix("val_").replace("_", " "), title=title)
    axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right upper", fontsize=8)
    return figure
