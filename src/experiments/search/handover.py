"""What MLflow gets when a sweep ends, or when the same command finishes what could not be written then."""

import optuna
from optuna.trial import TrialState

from experiments.search.results import Findings
from experiments.search.storage import StudyStorage
from experiments.search.study import best_trial
from experiments.tracking.away import is_away
from experiments.tracking.registry import offer_noted
from experiments.tracking.sweep_run import SweepRun


def hand_over(
    study: optuna.Study,
    findings: Findings,
    *,
    parent: SweepRun,
    storage: StudyStorage,
    status: str,
    reason: str,
) -> tuple[str, str]:
    """Deliver what trials could not, register the best model, and write down and close the parent run.

    Args:
        study: whose best trial is offered, where the sweep has finished.
        findings: for the parent run.
        parent: run of the sweep.
        storage: of the study, which lets one command at a time offer it.
        status: of the parent run.
        reason: of that status.

    Returns:
        What became of the best model, and what MLflow is still owed because it went away.
    """
    registered = "not registered"
    try:
        parent.deliver()
        if status == "FINISHED":
            with storage.claiming():
                registered = _offer(study)
        parent.close_children(_ended(study))
        parent.write(tags=findings.tags, metrics=findings.metrics, folder=findings.folder)
        parent.close(status, reason)
    except Exception as error:
        if not is_away(error):
            parent.close("FAILED", f"{type(error).__name__}: {error}")
            raise
        return registered, (
            "MLflow went away before it had all of the sweep. Nothing is lost: every trial is kept, and the same "
            "command writes down what is missing and registers the best model when MLflow is back."
        )
    return registered, ""


def _ended(study: optuna.Study) -> dict[str, tuple[str, str]]:
    return {
        trial.user_attrs["run_id"]: (trial.user_attrs.get("state", "lost"), trial.user_attrs.get("reason", ""))
        for trial in study.get_trials(deepcopy=False)
        if trial.state not in (TrialState.RUNNING, TrialState.WAITING) and trial.user_attrs.get("run_id")
    }


def _offer(study: optuna.Study) -> str:
    """Offer the best trial's model to that trial's registry, once."""
    best = best_trial(study)
    if best is None or "offer" not in best.user_attrs:
        return "not registered (the best trial kept no model)"
    if study.user_attrs.get("offered") == best.number:
        return f"trial {best.number} was offered to the registry before"
    said = offer_noted(**best.user_attrs["offer"])
    study.set_user_attr("offered", best.number)
    return said
