"""A worker: claims a trial, runs it, reports, and goes on until the sweep is over."""

import logging
import math
import resource
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn, JobStatus, run_job
from hydra.types import HydraContext
from hydra.utils import get_method
from omegaconf import DictConfig, open_dict
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import TrialState

from experiments.config import register_resolvers
from experiments.config.copies import redact_copies
from experiments.errors import LayersDoNotFit, StoreAway, TrainingDiverged, TrialPruned, UserError
from experiments.running_trial import trial_running
from experiments.search.settings import Settings, make_part
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
        settings: of the sweep; a ``seed`` of its sampler is replaced by one of this worker's own.
        space: what is searched.
        budget: when the sweep is over.
        began: time at which the sweep began, in seconds since the epoch.
        objective: of the runs.
        tracker: of the trials; none begins before its store answers.
        tags: of every trial's tracked run.
        task: the user's task.
        context: Hydra's, to compose with.
        config: of the sweep.
    """

    storage: StudyStorage
    study_name: str
    directions: Sequence[str]
    settings: Settings
    space: Space
    budget: Budget
    began: float
    objective: Objective
    tracker: Tracker
    tags: dict[str, str]
    task: Callable[[Any], Any]
    context: HydraContext
    config: DictConfig

    def __call__(self, config: Any) -> str:
        """Run trials until the sweep is over, the store stays away, or this process should be replaced."""
        redact_copies(Path(HydraConfig.get().runtime.output_dir) / ".hydra")
        study, leases = open_study(self.storage, name=self.study_name, directions=self.directions)
        study.sampler, study.pruner = self._sampler(study), make_part(self.settings.pruner)
        limit, last = self.settings.memory_limit, self.settings.trials_per_worker
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
                    elif not study.get_trials(deepcopy=False, states=(TrialState.RUNNING, TrialState.WAITING)):
                        break  # every combination was tried
                if trial:
                    self._run(study, trial)
            if trial is None:
                time.sleep(_IDLE)
                continue
            ran, ready = ran + 1, False
            if ran == last or (limit and _megabytes() > limit):
                return RECYCLE
        return DONE

    def _store_answers(self) -> bool:
        """Wait for a tracking store that went away, so that no trial begins in vain; return whether it is back."""
        deadline, waits = time.monotonic() + self.settings.max_outage, False
        while True:
            try:
                self.tracker.check()
                return True
            except StoreAway as away:
                if time.monotonic() > deadline:
                    return False
                if not waits:
                    _log.warning("the next trial waits up to %g s: %s", self.settings.max_outage, away)
                waits = True
            time.sleep(_IDLE)

    def _sampler(self, study: optuna.Study) -> optuna.samplers.BaseSampler | None:
        node, seed = self.settings.sampler, self.settings.seed
        if node is None:
            return None
        slot = int(HydraConfig.get().job.num)  # every launcher numbers its jobs
        own = None if seed is None else sampler_seed(seed, slot, len(study.get_trials(deepcopy=False)))
        return make_part(node, **({"seed": own} if "seed" in node else {}))  # type: ignore[no-any-return]

    def _run(self, study: optuna.Study, trial: optuna.Trial) -> None:
        """Run one trial, unless another machine takes it for lost, and tell the study what became of it."""
        try:
            self._run_to_end(study, trial)
        except UpdateFinishedTrialError:
            _log.warning(
                "trial %d was taken for lost, as this worker gave no sign of life for too long: it is left to others",
                trial.number,
            )

    def _run_to_end(self, study: optuna.Study, trial: optuna.Trial) -> None:
        reporter = StudyTrial(
            trial=trial,
            study=study,
            objective=self.objective,
            tags=self.tags,
            by_objective=list(self.settings.metrics or [self.objective.metric]) == [self.objective.metric],
        )
        try:
            with trial_running(reporter):
                value = self._value(trial)
        except UpdateFinishedTrialError:
            raise
        except TrialPruned as pruned:
            _tell(study, trial, "pruned", TrialState.PRUNED, reason=str(pruned))
        except _LOST as error:
            with self.storage.claiming(), suppress(UpdateFinishedTrialError):  # by another machine, which has it now
                give_back(study, study.trials[trial.number], self.budget, reason=told(error))
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
        except TrainingDiverged as error:
            _tell(study, trial, "diverged", TrialState.PRUNED, reason=told(error))  # a bad value: samplers learn it
        except LayersDoNotFit as error:
            _tell(study, trial, "does not fit", TrialState.PRUNED, reason=told(error))  # others of the space may
        except Exception as error:
            if _out_of_memory(error):
                _tell(study, trial, "out of memory", TrialState.PRUNED, reason=told(error))
            else:
                _tell(study, trial, "failed", TrialState.FAIL, reason=told(error))
        else:
            self._tell_value(study, trial, reporter, value)

    def _value(self, trial: optuna.Trial) -> Any:
        """Run the task with the trial's parameters; return what it returns, or raise what it raises."""
        overrides = [*self.space.fixed, *self.space.overrides(trial.params)]
        if self.settings.custom_search_space:
            composed = self.context.config_loader.load_sweep_config(self.config, overrides)
            with open_dict(composed):
                del composed["hydra"]
            get_method(self.settings.custom_search_space)(composed, trial)
            overrides = [*self.space.fixed, *self.space.overrides(trial.params)]
        named = any(override.startswith("run_name=") for override in overrides)
        composed = self.context.config_loader.load_sweep_config(self.config, overrides)
        with open_dict(composed):
            name = composed.run_name if named else self.study_name
            composed.run_name = f"{name}-{trial.number:03d}"  # a folder for each
            composed.hydra.job.id = f"{self.study_name}-{trial.number}"
            composed.hydra.job.num = trial.number
        trial.set_user_attr("began", time.time())
        job = run_job(
            hydra_context=self.context,
            task_function=self.task,
            config=composed,
            job_dir_key="hydra.sweep.dir",
            job_subdir_key="hydra.sweep.subdir",
        )
        return returned_by(job)

    def _tell_value(self, study: optuna.Study, trial: optuna.Trial, reporter: StudyTrial, value: Any) -> None:
        values = reporter.values(self.settings.metrics) if self.settings.metrics else value
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


def returned_by(job: JobReturn) -> Any:
    """Return what a job returned, or raise what it raised.

    ``JobReturn.return_value`` would print the overrides of a job that failed, secrets included.
    """
    if job.status is JobStatus.FAILED:
        raise job._return_value
    return job.return_value


def told(error: BaseException) -> str:
    """Return what is written down of an error, without secrets."""
    kind = "" if isinstance(error, UserError) else f"{type(error).__name__}: "
    return redact_text(f"{kind}{error}".strip())[:2000]


def _out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"


def _megabytes() -> float:
    """Return the most memory that this process has used."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
