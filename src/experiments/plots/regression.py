"""How far predicted numbers are from the true ones."""

from typing import Any

from experiments.plots.as_written import as_written
from experiments.plots.figure import new_figure, put_title
from experiments.plots.units import with_unit
from experiments.types import Array


@as_written()
def predicted_against_true(true: Array, predicted: Array, *, unit: str, title: str) -> Any:
    """Draw a dot for each example, true value to the right and predicted value upwards; on the line they are equal.

    Args:
        true: shape ``(n,)``.
        predicted: shape ``(n,)``.
        unit: of both, such as ``mpg``; may be empty.
        title: over the figure.

    Returns:
        A ``matplotlib.figure.Figure``.
    """
    figure = new_figure(5.5, 5.5)
    axes = figure.subplots()
    ends = [min(true.min(), predicted.min()), max(true.max(), predicted.max())]
    axes.plot(ends, ends, color="grey", linestyle=":", label="predicted = true")
    axes.scatter(true, predicted, s=14, alpha=0.5)
    axes.set(xlabel=with_unit("true", unit), ylabel=with_unit("predicted", unit), aspect="equal")
    axes.grid(alpha=0.3)
    axes.legend()
    put_title(figure, title)
    return figure


@as_written()
def error_histogram(true: Array, predicted: Array, *, unit: str, title: str) -> Any:
    """Draw how often the error, predicted minus true, has which size.

    Args:
        true: shape ``(n,)``.
        predicted: shape ``(n,)``.
        unit: of both, such as ``mpg``; may be empty.
        title: over the figure.

    Returns:
        A ``matplotlib.figure.Figure``.
    """
    errors = predicted - true
    figure = new_figure(6.0, 4.0)
    axes = figure.subplots()
    axes.hist(errors, bins=min(50, max(10, len(errors) // 10)), edgecolor="white")
    axes.set_axisbelow(True)
    axes.axvline(0, color="grey", linestyle=":")
    axes.axvline(float(errors.mean()), color="red", label=f"mean {errors.mean():.3g}, deviation {errors.std():.3g}")
    axes.set(xlabel=with_unit("predicted - true", unit), ylabel="examples")
    axes.grid(alpha=0.3)
    axes.legend()
    put_title(figure, title)
    return figure
