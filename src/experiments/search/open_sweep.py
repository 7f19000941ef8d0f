"""A study that is open, and what one command does with it before and after its workers run."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import optuna

from experiments import builders
from experiments.errors import UserError, did_you_mean
from experiments.search.handover import hand_over
from experiments.search.leases import Leases
from experiments.search.results import print_results, write_results
from experiments.search.sample import facts_of
from experiments.search.settings import Settings, directions_of
from experiments.search.space import Space, describe, quoted
from experiments.search.storage import StudyStorage
from experiments.search.study import (
    Budget,
    best_trial,
    describe_once,
    failures,
    finished,
    open_study,
    take_back_lost,
    why_over,
)
from experiments.secrets import redact_text
from experiments.tracking.mlflow_tracker import PARENT
from experiments.tracking.sweep_run import SweepRun
from experiments.types import Objective


@dataclass(frozen=True, kw_only=True)
class OpenSweep:
    """A study that is open, and what this command does with it."""

    space: Space
    objective: Objective
    directions: Sequence[str]
    storage: StudyStorage
    study: optuna.Study
    leases: Leases
    budget: Budget
    pictures: bool
    """Whether the study is drawn: with ``pictures=none`` neither are its trials."""
    began: float = field(default_factory=time.time)

    def prepare(self, wanted: Sequence[Mapping[str, Any]]) -> None:
        """Queue what is to be tried first, unless it was queued before, and take back what was lost."""
        with self.storage.claiming():
            queued = [trial.system_attrs.get("fixed_params") for trial in self.study.get_trials(deepcopy=False)]
            for params in wanted:
                if params not in queued:
                    self.study.enqueue_trial(dict(params))
            take_back_lost(self.study, self.leases, self.budget)

    def open_parent(self, parent: SweepRun) -> dict[str, str]:
        """Open the parent run; return the tags of its children."""
        name, objective = self.study.study_name, self.objective
        with self.storage.claiming():  # of two commands that begin together, the second opens the first one's
            run_id = parent.open(
                name,
                run_id=self.study.user_attrs.get("run_id", ""),
                metric=objective.metric,
                tags={"study": name, "objective.metric": objective.metric, "objective.mode": objective.mode},
                description="\n".join(f"{key}: {describe(known)}" for key, known in self.space.distributions().items()),
            )
            self.study.set_user_attr("run_id", run_id)
        return {"study": name} | ({PARENT: run_id} if run_id else {})

    def jobs(self, count: int) -> list[list[str]]:
        """Return the overrides of each worker; its trials have the secret ones too."""
        folder = f"hydra.sweep.dir={quoted(f'{self.storage.folder}/workers')}"
        plain = [override for override in self.space.fixed if redact_text(override) == override]  # launchers show them
        return [[*plain, folder, f"hydra.sweep.subdir={slot}"] for slot in range(count)]

    def outcome(self, *, away: bool) -> tuple[str, str]:
        """Return the parent run's status, and what is wrong; ``away``: a worker gave up waiting for the store."""
        failed = failures(self.study)
        reasons = "\n".join(f"  trial {trial.number}: {trial.user_attrs.get('reason')}" for trial in failed[:5])
        if self.budget.max_failures is not None and len(failed) > self.budget.max_failures:
            limit = f"hydra.sweeper.max_failures={self.budget.max_failures}"
            return "FAILED", f"{len(failed)} trials failed, more than {limit}:\n{reasons}"
        if away and not why_over(self.study, self.budget, self.began):
            done = f"trials finished: {len(finished(self.study))}"
            return (
                "KILLED",
                f"MLflow went away, and the sweep stopped ({done}). The same command goes on when it is back.",
            )
        if not finished(self.study):
            return "FAILED", f"no trial came to its end.\n{reasons}"
        unfit = [trial for trial in finished(self.study) if trial.user_attrs.get("state") == "does not fit"]
        if len(unfit) == len(finished(self.study)):
            return "FAILED", f"no trial has layers that fit the data; the last: {unfit[-1].user_attrs.get('reason')}"
        if failed and self.budget.max_failures is None:
            return "FINISHED", f"{len(failed)} of {len(finished(self.study)) + len(failed)} trials failed:\n{reasons}"
        return "FINISHED", ""

    def close(self, parent: SweepRun, status: str, reason: str) -> str:
        """Take back what was lost, write everything down, register the best model; return what MLflow is still owed."""
        metric = self.objective.metric
        with self.storage.claiming():
            take_back_lost(self.study, self.leases, self.budget)
        seconds = time.time() - self.began
        findings = write_results(
            self.study,
            self.space,
            folder=self.storage.folder,
            metric=metric,
            seconds=seconds,
            pictures=self.pictures,
        )
        registered, owed = hand_over(
            self.study,
            findings,
            parent=parent,
            storage=self.storage,
            status=status,
            reason=reason,
        )
        print_results(findings, study=self.study.study_name, metric=metric, parent=parent.run_id, registered=registered)
        return owed


def open_sweep(settings: Settings, space: Space, sample: Mapping[str, Any], budget: Budget) -> OpenSweep:
    """Open the study; where it was made for something else, refuse or, if asked, take its next version."""
    objective, facts = builders.objective(sample), facts_of(space, sample)
    directions = directions_of(settings, objective.mode)
    studies = Path(sample["paths"]["store"]).absolute() / "studies"
    name, version = settings.study_name, 1
    while True:
        storage = _storage(settings, studies, name)
        study, leases = open_study(storage, name=name, directions=directions)
        try:
            describe_once(study, facts)
        except UserError:
            if settings.on_change == "error":
                raise
            version += 1
            name = f"{settings.study_name}-v{version}"
            continue
        return OpenSweep(
            space=space,
            objective=objective,
            directions=directions,
            storage=storage,
            study=study,
            leases=leases,
            budget=budget,
            pictures=bool(sample.get("pictures")),
        )


def _storage(settings: Settings, studies: Path, name: str) -> StudyStorage:
    return StudyStorage(url=settings.storage or f"journal://{studies / name}/journal.log", folder=studies / name)


def earlier_best(settings: Settings, sweep: OpenSweep) -> list[dict[str, Any]]:
    """Return the best parameters of the earlier study that ``warm_start`` names, but for what is no choice any more."""
    name, studies = settings.warm_start, sweep.storage.folder.parent
    if name is None:
        return []
    if settings.storage is None:
        known = [folder.name for folder in studies.iterdir() if (folder / "journal.log").is_file()]
    else:
        known = optuna.get_all_study_names(sweep.study._storage)
    if name not in known:
        where, hint = redact_text(settings.storage or str(studies)), did_you_mean(name, known)
        raise UserError(f"hydra.sweeper.warm_start={name}: there is no such study in {where}.{hint}")
    earlier, _ = open_study(_storage(settings, studies, name), name=name, directions=sweep.directions)
    best, knobs = best_trial(earlier), {knob.name: knob for knob in sweep.space.knobs}
    params = best.params.items() if best else ()
    taken = {name: value for name, value in params if name not in knobs or knobs[name].takes(value)}
    return [taken] if taken else []
