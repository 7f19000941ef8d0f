"""A worker: claims a trial, runs it, reports, and goes on until the sweep is over."""

import logging
import math
import resource
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import optuna
from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn, run_job
from hydra.types import HydraContext
from hydra.utils import get_method, instantiate
from omegaconf import DictConfig, open_dict
from optuna.trial import TrialState

from experiments.config import register_resolvers
from experiments.errors import StoreAway, TrainingDiverged, TrialPruned, UserError
from experiments.running_trial import trial_running
from experiments.search.space import Space
from experiments.search.storage import StudyStorage
from experiments.search.study import Budget, claim, give_back, open_study, sampler_seed, take_back_lost, why_over
from experiments.search.trial import StudyTrial
from experiments.secrets import redact_text
from experiments.types import Objective, Tracker

DONE, RECYCLE, AWAY = "done", "recycle", "away"
"""What a worker returns: the sweep is over; another process should take its place; the tracking store went away."""

_IDLE = 0.5  # seconds between two looks at a study in which others run the last trials
_LOST = (ConnectionError, TimeoutError, KeyboardInterrupt, SystemExit)  # not the trial's own fault
_log = logging.getLogger(__name__)
register_resolvers()  # a worker's process has imported nothing else of ours when Hydra composes its first config


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A Hydra task that runs trials of one study.

    Args:
        storage: where the study lies.
        study_name: of the study, which exists.
        directions: of its objectives.
        sampler: config of the sampler; a ``seed`` is replaced by one of this worker's own.
        pruner: config of the pruner.
        space: what is searched.
        budget: when the sweep is over.
        began: time at which the sweep began, in seconds since the epoch.
        seed: of the sweep; ``None`` for any.
        objective: of the runs.
        tracker: of the trials; none begins before its store answers.
        max_outage: seconds to wait for that store.
        tags: of every trial's tracked run.
        custom_search_space: dotted path of ``f(config, trial)``, which may suggest further keys.
        trials_per_worker: after that many a process is replaced; ``None`` for never.
        memory_limit: megabytes after which a process is replaced; ``None`` for never.
        task: the user's task.
        context: Hydra's, to compose with.
        config: of the sweep.
    """

    storage: StudyStorage
    study_name: str
    directions: Sequence[str]
    sampler: Any
    pruner: Any
    space: Space
    budget: Budget
    began: float
    seed: int | None
    objective: Objective
    tracker: Tracker
    max_outage: float
    tags: dict[str, str]
    custom_search_space: str | None
    trials_per_worker: int | None
    memory_limit: int | None
    task: Callable[[Any], Any]
    context: HydraContext
    config: DictConfig

    def __call__(self, config: Any) -> str:
        """Run trials until the sweep is over, the store stays away, or this process should be replaced."""
        study, leases = open_study(self.storage, name=self.study_name, directions=self.directions)
        study.sampler, study.pruner = self._sampler(study), instantiate(self.pruner)
        ran, ready = 0, False
        while not why_over(study, self.budget, self.began):
            ready = ready or self._store_answers()
            if not ready:
                return AWAY
            with ExitStack() as lease:
                with self.storage.claiming():
                    take_back_lost(study, leases, self.budget)
                    trial = claim(study, self.space, self.budget, self.began)
                    if trial:
                        lease.enter_context(leases.hold(trial))  # before anyone else can take it for lost
                if trial:
                    self._run(study, trial)
            if trial is None:
                if not study.get_trials(deepcopy=False, states=(TrialState.RUNNING, TrialState.WAITING)):
                    break  # every combination was tried
                time.sleep(_IDLE)
                continue
            ran, ready = ran + 1, False
            if ran == self.trials_per_worker or (self.memory_limit and _megabytes() > self.memory_limit):
                return RECYCLE
        return DONE

    def _store_answers(self) -> bool:
        """Wait for a tracking store that went away, so that no trial begins in vain; return whether it is back."""
        deadline, waits = time.monotonic() + self.max_outage, False
        while True:
            try:
                self.tracker.check()
                return True
            except StoreAway as away:
                if time.monotonic() > deadline:
                    return False
                if not waits:
                    _log.warning("the next trial waits up to %g s: %s", self.max_outage, away)
                waits = True
            time.sleep(_IDLE)

    def _sampler(self, study: optuna.Study) -> optuna.samplers.BaseSampler | None:
        if self.sampler is None:
            return None
        slot = int(HydraConfig.get().job.num)  # every launcher numbers its jobs
        seed = None if self.seed is None else sampler_seed(self.seed, slot, len(study.get_trials(deepcopy=False)))
        return instantiate(self.sampler, **({"seed": seed} if "seed" in self.sampler else {}))  # type: ignore[no-any-return]

    def _run(self, study: optuna.Study, trial: optuna.Trial) -> None:
        """Run one trial and tell the study what became of it."""
        reporter = StudyTrial(trial=trial, study=study, objective=self.objective, tags=self.tags)
        try:
            with trial_running(reporter):
                value = self._job(trial).return_value
        except TrialPruned as pruned:
            _tell(study, trial, "pruned", TrialState.PRUNED, reason=str(pruned))
        except _LOST as error:
            give_back(study, study.trials[trial.number], self.budget, reason=_text(error))
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
        except TrainingDiverged as error:
            _tell(study, trial, "diverged", TrialState.PRUNED, reason=_text(error))  # a bad value: samplers learn it
        except Exception as error:
            if _out_of_memory(error):
                _tell(study, trial, "out of memory", TrialState.PRUNED, reason=_text(error))
            else:
                _tell(study, trial, "failed", TrialState.FAIL, reason=_text(error))
        else:
            self._tell_value(study, trial, reporter, value)

    def _job(self, trial: optuna.Trial) -> JobReturn:
        overrides = [*self.space.fixed, *self.space.overrides(trial.params)]
        if self.custom_search_space:
            composed = self.context.config_loader.load_sweep_config(self.config, overrides)
            with open_dict(composed):
                del composed["hydra"]
            get_method(self.custom_search_space)(composed, trial)
            overrides = [*self.space.fixed, *self.space.overrides(trial.params)]
        if not any(override.startswith("run_name=") for override in overrides):
            overrides.append(f"run_name={self.study_name}-{trial.number:03d}")
        composed = self.context.config_loader.load_sweep_config(self.config, overrides)
        with open_dict(composed):
            composed.hydra.job.id = f"{self.study_name}-{trial.number}"
            composed.hydra.job.num = trial.number
        trial.set_user_attr("began", time.time())
        return run_job(
            hydra_context=self.context,
            task_function=self.task,
            config=composed,
            job_dir_key="hydra.sweep.dir",
            job_subdir_key="hydra.sweep.subdir",
        )

    def _tell_value(self, study: optuna.Study, trial: optuna.Trial, reporter: StudyTrial, value: Any) -> None:
        values = reporter.values(self.tags["metrics"].split(",")) if "metrics" in self.tags else value
        values = list(values) if isinstance(values, list | tuple) else [values]
        try:
            numbers = [float(number) for number in values]
        except (TypeError, ValueError):
            numbers = []
        if len(numbers) != len(self.directions):
            reason = f"the run returned {value!r}, not {len(self.directions)} numbers to go by"
            _tell(study, trial, "failed", TrialState.FAIL, reason=reason)
        elif not all(map(math.isfinite, numbers)):
            _tell(study, trial, "diverged", TrialState.PRUNED, reason=f"the objective was {value}")
        else:
            trial.set_user_attr("state", "complete")
            trial.set_user_attr("ended", time.time())
            study.tell(trial, numbers)


def _tell(study: optuna.Study, trial: optuna.Trial, state: str, told: TrialState, *, reason: str) -> None:
    trial.set_user_attr("state", state)
    trial.set_user_attr("reason", reason)
    trial.set_user_attr("ended", time.time())
    study.tell(trial, state=told)
    _log.warning("trial %d %s: %s", trial.number, state, reason)


def _text(error: BaseException) -> str:
    kind = "" if isinstance(error, UserError) else f"{type(error).__name__}: "
    return redact_text(f"{kind}{error}".strip())[:2000]


def _out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"


def _megabytes() -> float:
    """Return the most memory that this process has used."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
