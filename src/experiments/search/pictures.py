"""The pictures of a study."""

import warnings
from pathlib import Path

import optuna
from optuna.trial import FrozenTrial, TrialState

from experiments.plots.figure import save_png
from experiments.plots.variants import variants

_MOST_CURVES = 20
_LONGEST_NAME = 40  # characters in a legend


def draw_study(study: optuna.Study, folder: Path, *, metric: str) -> None:
    """Draw Optuna's pictures, interactive as HTML and as PNG, and the trials' learning curves in one chart.

    Args:
        study: with one objective and at least one complete trial.
        folder: of the files; made when missing.
        metric: the objective's name.
    """
    import matplotlib.pyplot as plt
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
        with warnings.catch_warnings(), plt.style.context("default"):
            warnings.simplefilter("ignore")  # these pictures are marked experimental, and warn of empty legends
            getattr(still, f"plot_{name}")(study, **named)
            figure = plt.gcf()
            figure.set_size_inches(11, 6)
            figure.savefig(folder / f"{name}.png", dpi=100, bbox_inches="tight")
            plt.close("all")
    curves = {_name(trial): trial.user_attrs["curves"] for trial in complete if "curves" in trial.user_attrs}
    if 1 < len(curves) <= _MOST_CURVES:
        title = f"{study.study_name}: {len(curves)} complete trials"
        save_png(variants(curves, metric=metric, title=title), folder / "learning_curves.png")


def _name(trial: FrozenTrial) -> str:
    params = ", ".join(
        str(value) if len(trial.params) == 1 else f"{name}={value}" for name, value in trial.params.items()
    )
    return f"{trial.number}: {params}"[:_LONGEST_NAME]
