"""Say on the console how a sweep is doing."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import optuna
from optuna.exceptions import StorageInternalError
from optuna.trial import FrozenTrial, TrialState

from experiments.search.study import Budget, best_trial, failures, finished

_LOOK = 1.0  # seconds between two looks
_log = logging.getLogger("experiments")


@contextmanager
def progress(study: optuna.Study, budget: Budget, metric: str) -> Iterator[None]:
    """Print a line for each trial that ends while the block runs."""
    said = {trial.number for trial in study.get_trials(deepcopy=False) if trial.state.is_finished()}
    if said:
        _log.info("%s", f"going on with {study.study_name}: {_counts(study, budget)}")
    stop, began, before = threading.Event(), time.time(), len(finished(study))

    def watch() -> None:
        while not stop.wait(_LOOK):
            with suppress(StorageInternalError):  # the next look may succeed
                look()

    def look() -> None:
        for trial in study.get_trials(deepcopy=False):
            if trial.state.is_finished() and trial.number not in said and trial.user_attrs.get("state") != "repeated":
                said.add(trial.number)
                left = _seconds_left(len(finished(study)) - before, len(finished(study)), time.time() - began, budget)
                _log.info("%s", f"{_line(trial, metric)}\n  {_counts(study, budget)}{_best(study, metric)}{left}")

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        look()


def _line(trial: FrozenTrial, metric: str) -> str:
    state = trial.user_attrs.get("state", trial.state.name.lower())
    value = f" {metric} {', '.join(f'{value:.4f}' for value in trial.values)}" if trial.values else ""
    reason = f" ({trial.user_attrs['reason']})" if trial.user_attrs.get("reason") else ""
    return f"trial {trial.number} {state}{value}{reason}: {shown_params(trial)}"


def shown_params(trial: FrozenTrial) -> str:
    """Return the parameters of a trial, short enough for a line."""
    return " ".join(
        f"{name}={value:.4g}" if isinstance(value, float) else f"{name}={value}" for name, value in trial.params.items()
    )


def _counts(study: optuna.Study, budget: Budget) -> str:
    done = finished(study)
    pruned = sum(trial.state == TrialState.PRUNED for trial in done)
    running = len(study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)))
    of = f" of {budget.n_trials}" if budget.n_trials else ""
    return f"{len(done)}{of} finished ({pruned} pruned), {len(failures(study))} failed, {running} running"


def _best(study: optuna.Study, metric: str) -> str:
    best = best_trial(study)
    return f"; best {metric} {best.values[0]:.4f}, trial {best.number}" if best and best.values else ""


def _seconds_left(done: int, total: int, seconds: float, budget: Budget) -> str:
    if not done or not budget.n_trials or total >= budget.n_trials:
        return ""
    left = seconds / done * (budget.n_trials - total)
    return f"; about {left / 60:.0f} min left" if left > 90 else f"; about {left:.0f} s left"
