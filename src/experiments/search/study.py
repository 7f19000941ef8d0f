"""One study: how many trials are left, which one is next, and what became of those that were lost."""

import time
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any

import optuna
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial, TrialState

from experiments.errors import UserError
from experiments.search.every_combination import EveryCombination
from experiments.search.leases import Leases
from experiments.search.sample import is_of_consequence
from experiments.search.space import Space, same
from experiments.search.storage import StudyStorage

_FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)
_ATTEMPTS = 10  # draws that may repeat an earlier trial before one is taken that was not tried


@dataclass(frozen=True, kw_only=True)
class Budget:
    """When a sweep is over.

    Args:
        n_trials: trials that finish, complete or pruned, over all workers and resumptions; ``None`` for no limit.
        timeout: seconds of this command; ``None`` for no limit.
        target: value of the objective that is good enough; ``None`` for no target.
        patience: finished trials without a better value; ``None`` for any number.
        max_failures: trials that may fail by an error of their own, or be lost for good; ``None`` for any number.
        max_retries: times that a trial lost with its worker is run again.
    """

    n_trials: int | None
    timeout: float | None = None
    target: float | None = None
    patience: int | None = None
    max_failures: int | None = 3
    max_retries: int = 3


def open_study(
    storage: StudyStorage, *, name: str, directions: Sequence[str], sampler: Any = None, pruner: Any = None
) -> tuple[optuna.Study, Leases]:
    """Open the study, making it where it is missing.

    Raises:
        UserError: it exists with other directions.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    opened, leases = storage.open()
    with storage.claiming():
        study = optuna.create_study(
            study_name=name,
            storage=opened,
            directions=list(directions),  # type: ignore[arg-type]
            sampler=sampler,
            pruner=pruner,
            load_if_exists=True,
        )
    found = [direction.name.lower() for direction in study.directions]
    if found != list(directions):
        raise UserError(
            f"the study {name!r} goes by {found}, not by {list(directions)}. Give this one another "
            "name: hydra.sweeper.study_name=NAME."
        )
    return study, leases


def describe_once(study: optuna.Study, facts: Mapping[str, str]) -> None:
    """Write down what the study is about, or hold it against what was written.

    Raises:
        UserError: the study was made with another search space or config; the message is the difference.
    """
    known = study.user_attrs.get("facts")
    if known is None:
        study.set_user_attr("facts", dict(facts))
        return
    keys = filter(is_of_consequence, sorted(known.keys() | facts.keys()))
    differing = [key for key in keys if known.get(key) != facts.get(key)]
    if differing:
        lines = "\n".join(f"  {key}: {known.get(key, '(none)')} -> {facts.get(key, '(none)')}" for key in differing)
        raise UserError(
            f"the study {study.study_name!r} was made with another search space or config:\n{lines}\n"
            "Its trials cannot be compared with new ones. Go back to those values, or start a new study: "
            "hydra.sweeper.study_name=NAME."
        )


def finished(study: optuna.Study) -> list[FrozenTrial]:
    """Return the trials that ran to their end or were pruned."""
    return study.get_trials(deepcopy=False, states=_FINISHED)


def failures(study: optuna.Study) -> list[FrozenTrial]:
    """Return the trials that failed by an error of their own."""
    failed = study.get_trials(deepcopy=False, states=(TrialState.FAIL,))
    return [trial for trial in failed if trial.user_attrs.get("state") == "failed"]


def best_trial(study: optuna.Study) -> FrozenTrial | None:
    """Return the best complete trial; with several objectives the one of the Pareto front that is best by the first."""
    if not study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)):
        return None
    if len(study.directions) == 1:
        return study.best_trial
    sign = -1 if study.directions[0] == optuna.study.StudyDirection.MAXIMIZE else 1
    return min(study.best_trials, key=lambda trial: (sign * trial.values[0], trial.number))


def why_over(study: optuna.Study, budget: Budget, began: float) -> str:
    """Return why no further trial should start, or an empty text."""
    done = finished(study)
    if budget.max_failures is not None and len(failures(study)) > budget.max_failures:
        return f"{len(failures(study))} trials failed, more than hydra.sweeper.max_failures={budget.max_failures}"
    if budget.n_trials is not None and len(done) >= budget.n_trials:
        return f"{len(done)} trials finished"
    if budget.timeout is not None and time.time() - began >= budget.timeout:
        return f"{budget.timeout:g} seconds are over"
    if len(study.directions) > 1 or (best := best_trial(study)) is None or best.value is None:
        return ""
    maximize = study.direction == optuna.study.StudyDirection.MAXIMIZE
    if budget.target is not None and (best.value >= budget.target if maximize else best.value <= budget.target):
        return f"trial {best.number} reached the target {budget.target:g}"
    if budget.patience is not None:
        since = sum(trial.number > best.number for trial in done)
        if since >= budget.patience:
            return f"{since} trials in a row did not better trial {best.number}"
    return ""


def take_back_lost(study: optuna.Study, leases: Leases, budget: Budget) -> None:
    """Fail the trials whose worker is gone, and queue them again with the same parameters."""
    for trial in leases.lost(study):
        with suppress(UpdateFinishedTrialError):  # ended, or taken back, by another machine meanwhile
            give_back(study, trial, budget, reason="its worker was lost")
    _queue_again(study)


def give_back(study: optuna.Study, trial: FrozenTrial, budget: Budget, *, reason: str) -> None:
    """Fail a trial for a reason that is not its own, and queue it again; after ``max_retries`` it counts as failed.

    Raises:
        optuna.exceptions.UpdateFinishedTrialError: it has ended.
    """
    attempt = _attempt(trial)
    about = (
        {"state": "lost", "reason": reason}
        if attempt <= budget.max_retries
        else {"state": "failed", "reason": f"lost {attempt} times: {reason}"}
    )
    for name, value in about.items():
        study._storage.set_trial_user_attr(trial._trial_id, name, value)
    study._storage.set_trial_state_values(trial._trial_id, TrialState.FAIL)  # one of several machines succeeds
    _queue_again(study)


def _queue_again(study: optuna.Study) -> None:
    """Queue lost trials that are not queued again yet: whoever failed one may have been killed before he could."""
    trials = study.get_trials(deepcopy=False)
    queued = {trial.user_attrs.get("retry_of") for trial in trials}
    for trial in trials:
        if trial.state == TrialState.FAIL and _is_lost(trial) and trial.number not in queued:
            wanted = trial.system_attrs.get("fixed_params", {})  # it may have been lost before it had taken all of them
            about = {"attempt": _attempt(trial) + 1, "retry_of": trial.number}
            study.enqueue_trial({**wanted, **trial.params}, user_attrs=about)


def _attempt(trial: FrozenTrial) -> int:
    return int(trial.user_attrs.get("attempt", 1))


def _is_lost(trial: FrozenTrial) -> bool:
    return trial.user_attrs.get("state") == "lost"


def claim(study: optuna.Study, space: Space, budget: Budget, began: float) -> optuna.Trial | None:
    """Take the next trial, or ``None`` where nothing is left to take now. To be called by one worker at a time.

    Running trials count as used budget, so that the total is exact however many workers there are.
    """
    if why_over(study, budget, began):
        return None
    running = study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
    if budget.n_trials is not None and len(finished(study)) + len(running) >= budget.n_trials:
        return None
    for _ in range(_ATTEMPTS):
        if isinstance(study.sampler, EveryCombination) and not _waiting(study):
            return None
        trial = study.ask(space.distributions())
        if not space.knobs:  # the run itself may suggest what differs
            return trial
        if not any(same(params, trial.params) for params in _tried(study, trial)):
            return trial
        trial.set_user_attr("state", "repeated")
        study.tell(trial, state=TrialState.FAIL)
    if _waiting(study):
        return None  # what is queued is looked at first, the next time
    left = space.untried(_tried(study), random=Random(len(study.get_trials(deepcopy=False))))  # noqa: S311  (no secret)
    if left is None:
        return None
    study.enqueue_trial(left)
    return study.ask(space.distributions())


def _waiting(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=(TrialState.WAITING,))


def _tried(study: optuna.Study, before: optuna.Trial | None = None) -> list[dict[str, Any]]:
    """Return the parameters of every trial, or of those before one, but for lost ones and draws that were no trials."""
    trials = study.get_trials(deepcopy=False)[: before.number if before else None]
    return [trial.params for trial in trials if trial.user_attrs.get("state") not in ("repeated", "lost")]


def sampler_seed(seed: int, slot: int, trials: int) -> int:
    """Return a seed that differs for each worker and each resumption, and is the same for the same three numbers."""
    return zlib.crc32(f"{seed}/{slot}/{trials}".encode())
