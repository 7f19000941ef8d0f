"""Metrics of training and validation by epoch."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from experiments.plots.as_written import as_written
from experiments.plots.figure import new_figure, put_title
from experiments.plots.units import with_unit
from experiments.types import History

_MOST_EPOCHS_WITH_DOTS = 40
_MOST_COLUMNS = 4


@as_written()
def learning_curves(
    history: History, *, best_epoch: int, title: str, units: Mapping[str, str] = MappingProxyType({})
) -> Any:
    """Draw each metric by epoch, training against validation, with the best epoch marked.

    Args:
        history: values by metric name, one for each epoch; validation metrics begin with ``val_``.
        best_epoch: counted from 1.
        title: over the whole figure.
        units: by metric name, of those that have one.

    Returns:
        A ``matplotlib.figure.Figure`` with one panel for each metric, loss first, up to four side by side.
    """
    names = sorted(
        (name for name in history if not name.startswith("val_") and name != "learning_rate"),
        key=lambda n: (n != "loss", n),
    )
    rows = -(-len(names) // _MOST_COLUMNS)
    columns = -(-len(names) // rows)
    figure = new_figure(max(5.0 * columns, 6.0), 4.0 * rows)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for empty in panels[len(names) :]:
        empty.remove()
    for axes, name in zip(panels, names, strict=False):
        for key, label in ((name, "training"), (f"val_{name}", "validation")):
            if key in history:
                epochs = len(history[key])
                dots = {"marker": "o", "markersize": 4} if epochs <= _MOST_EPOCHS_WITH_DOTS else {}
                axes.plot(range(1, epochs + 1), history[key], label=label, **dots)
        axes.axvline(best_epoch, color="grey", linestyle=":", label=f"best epoch ({best_epoch})")
        axes.set(
            title=name.replace("_", " "), xlabel="epoch", ylabel=with_unit(name.replace("_", " "), units.get(name, ""))
        )
        axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        axes.grid(alpha=0.3)
        axes.legend()
    put_title(figure, title)
    return figure
