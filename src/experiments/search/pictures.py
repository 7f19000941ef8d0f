"""The pictures of a study."""

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from experiments.paths import CONF
from experiments.plots.as_written import as_written
from experiments.plots.figure import fit, save_png
from experiments.plots.variants import variants

_MOST_CURVES = 20
_NUMBER = re.compile(r"[-\u2212+\d.e]*")
_BAR = "<colorbar>"  # matplotlib's label of its axes
_LONGEST_NAME = 40  # characters in a legend


def draw_study(study: optuna.Study, folder: Path, *, metric: str) -> None:
    """Draw Optuna's pictures, interactive as HTML and as PNG, and the trials' learning curves in one chart.

    Args:
        study: with one objective and at least one complete trial.
        folder: of the files; made when missing.
        metric: the objective's name.
    """
    from optuna import visualization
    from optuna.visualization import matplotlib as still

    folder.mkdir(exist_ok=True)
    names = ["optimization_history", "parallel_coordinate", "slice"]
    if any(trial.intermediate_values for trial in study.get_trials(deepcopy=False)):
        names.insert(1, "intermediate_values")
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    if len(complete) > 1 and len({trial.values[0] for trial in complete}) > 1:
        names.append("param_importances")
    if not complete[0].params:
        names = names[:1]
    for name in names:
        named = {} if name == "intermediate_values" else {"target_name": metric}
        interactive = getattr(visualization, f"plot_{name}")(study, **named)
        interactive.write_html(folder / f"{name}.html", include_plotlyjs="directory")
        _save_still(getattr(still, f"plot_{name}"), study, folder / f"{name}.png", **named)
    curves = {_name(trial): trial.user_attrs["curves"] for trial in complete if "curves" in trial.user_attrs}
    if 1 < len(curves) <= _MOST_CURVES:
        title = f"{study.study_name}: {len(curves)} complete trials"
        unit = complete[0].user_attrs.get("unit", "")
        save_png(variants(curves, metric=metric, title=title, unit=unit), folder / "learning_curves.png")


def _save_still(plot: Callable[..., Any], study: optuna.Study, path: Path, **named: str) -> None:
    import matplotlib.pyplot as plt

    with warnings.catch_warnings(), plt.style.context("default"):
        warnings.simplefilter("ignore")  # these pictures are marked experimental, and warn of empty legends
        with as_written():
            plot(study, **named)
            figure = plt.gcf()
            figure.set_size_inches(max(11, 2.5 * len(figure.axes)), 6)
            for axes in figure.axes:
                _make_room(axes)
            _move_bar(figure)
            figure.savefig(path, dpi=100, bbox_inches="tight")
        plt.close("all")


def _make_room(axes: Any) -> None:
    """Turn names below the axes away from each other; write powers without formulas, as texts are as written."""
    from matplotlib.ticker import LogFormatter, NullFormatter

    for axis in (axes.xaxis, axes.yaxis):
        if axis.get_scale() == "log":
            axis.set_major_formatter(LogFormatter())
            axis.set_minor_formatter(NullFormatter())
    for label in axes.get_xticklabels():
        if not _NUMBER.fullmatch(label.get_text()):
            label.set(rotation=45, horizontalalignment="right", rotation_mode="anchor")
    fit(axes.xaxis.label, 1.1 * axes.get_position().width * axes.figure.get_size_inches()[0])


def _move_bar(figure: Any) -> None:
    """Move the colour bar to the right of the names that reach into it."""
    others = [axes for axes in figure.axes if axes.get_label() != _BAR]
    figure.draw_without_rendering()
    for bar in (axes for axes in figure.axes if axes.get_label() == _BAR):
        place, width = bar.get_position(), figure.bbox.width
        right = max(axes.get_tightbbox().x1 for axes in others) / width
        bar.set_position(place.translated(max(right + 0.02 - place.x0, 0), 0))


def _name(trial: FrozenTrial) -> str:
    """Return the number and parameters of a trial; the option of a group, searched alone, speaks for itself."""
    params = ", ".join(
        str(value) if len(trial.params) == 1 and (CONF / name).is_dir() else f"{name}={value}"
        for name, value in trial.params.items()
    )
    return f"{trial.number}: {params}"[:_LONGEST_NAME]
