"""One sweep from the command line to the registry: read `run_sweep` from top to bottom."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import optuna
from hydra.types import HydraContext
from hydra.utils import instantiate
from omegaconf import DictConfig
from optuna.trial import TrialState

from experiments import build
from experiments.errors import UserError, did_you_mean
from experiments.search.leases import Leases
from experiments.search.progress import progress
from experiments.search.results import report_sweep
from experiments.search.sample import compose_sample, facts_of
from experiments.search.settings import Settings, budget_of, directions_of
from experiments.search.space import Space, describe, parse_space
from experiments.search.storage import StudyStorage
from experiments.search.study import Budget, best_trial, describe_once, failures, finished, open_study, take_back_lost
from experiments.search.worker import Worker
from experiments.tracking.sweep_run import SweepRun
from experiments.types import Candidate

Launch = Callable[[Callable[[Any], Any], Sequence[Sequence[str]]], Any]


def run_sweep(
    settings: Settings,
    arguments: Sequence[str],
    *,
    params: Mapping[str, Any],
    task: Callable[[Any], Any],
    context: HydraContext,
    config: DictConfig,
    launch: Launch,
) -> float | None:
    """Search, or go on searching, until the budget is used; return the best value.

    Raises:
        UserError: a setting, the space, the config or the storage is at fault, or too many trials failed.
    """
    space = parse_space(arguments, params, context.config_loader)
    combinations = _check_space(settings, space)
    sample = compose_sample(space, config, context)
    objective = build.objective(sample)
    directions = directions_of(settings, objective.mode)
    tracker, registry = build.tracker(sample), build.registry(sample)
    tracker.check()

    studies = Path(sample["paths"]["store"]).absolute() / "studies"
    storage, study, leases = _open(settings, studies, directions, facts_of(space, sample))
    folder, name = storage.folder, study.study_name
    budget = budget_of(settings, combinations)
    with storage.claiming():
        _enqueue(study, [*_earlier_best(settings, studies, directions), *settings.enqueue, *(combinations or [])])
        take_back_lost(study, leases, budget)

    parent = SweepRun(tracker=tracker)  # type: ignore[arg-type]
    run_id = parent.open(
        name,
        run_id=study.user_attrs.get("run_id", ""),
        metric=objective.metric,
        tags={"study": name, "objective.metric": objective.metric, "objective.mode": objective.mode},
        description="\n".join(f"{name}: {describe(d)}" for name, d in space.distributions().items()),
    )
    study.set_user_attr("run_id", run_id)
    began = time.time()
    tags = {"study": name} | ({"mlflow.parentRunId": run_id} if run_id else {})
    worker = Worker(
        storage=storage,
        study_name=name,
        directions=directions,
        sampler=settings.sampler,
        pruner=settings.pruner,
        space=space,
        budget=budget,
        began=began,
        seed=settings.seed,
        objective=objective,
        tags=tags | ({"metrics": ",".join(settings.metrics)} if settings.metrics else {}),
        custom_search_space=settings.custom_search_space,
        trials_per_worker=settings.trials_per_worker,
        memory_limit=settings.memory_limit,
        task=task,
        context=context,
        config=config,
    )
    jobs = [
        [*space.fixed, f"hydra.sweep.dir={folder}/workers", f"hydra.sweep.subdir={slot}"]
        for slot in range(settings.n_jobs)
    ]
    status, reason = "KILLED", "interrupted: the same command goes on where it stopped"
    try:
        with progress(study, budget, objective.metric):
            for returned in launch(worker, jobs):
                _ = returned.return_value  # raises what a worker raised
        status, reason = _outcome(study, budget)
    finally:
        with storage.claiming():
            take_back_lost(study, leases, budget)
        parent.close_children(_ended(study))
        registered = _offer(study, registry) if status == "FINISHED" else "not registered"
        report_sweep(
            study,
            space,
            folder=folder,
            parent=parent,
            objective=objective,
            registered=registered,
            seconds=time.time() - began,
        )
        parent.close(status, reason)
    if status == "FAILED":
        raise UserError(reason)
    best = best_trial(study)
    return best.values[0] if best and best.values else None


def _open(
    settings: Settings, studies: Path, directions: Sequence[str], facts: Mapping[str, str]
) -> tuple[StudyStorage, optuna.Study, Leases]:
    """Open the study; where it was made for something else, refuse or, if asked, take its next version."""
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
        else:
            return storage, study, leases


def _storage(settings: Settings, studies: Path, name: str) -> StudyStorage:
    return StudyStorage(url=settings.storage or f"journal://{studies / name}/journal.log", folder=studies / name)


def _earlier_best(settings: Settings, studies: Path, directions: Sequence[str]) -> list[dict[str, Any]]:
    """Return the best parameters of the earlier study that ``warm_start`` names."""
    if settings.warm_start is None:
        return []
    if settings.storage is None and not (studies / settings.warm_start / "journal.log").is_file():
        known = [folder.name for folder in studies.iterdir() if (folder / "journal.log").is_file()]
        hint = did_you_mean(settings.warm_start, known)
        raise UserError(f"hydra.sweeper.warm_start={settings.warm_start}: there is no such study in {studies}.{hint}")
    earlier, _ = open_study(
        _storage(settings, studies, settings.warm_start), name=settings.warm_start, directions=directions
    )
    best = best_trial(earlier)
    return [best.params] if best else []


def _check_space(settings: Settings, space: Space) -> list[dict[str, Any]] | None:
    """Return every combination where each is to be tried."""
    combinations = space.combinations() if settings.every_combination else None
    if settings.every_combination:
        endless = [knob.name for knob in space.knobs if Space(knobs=[knob], fixed=()).combinations() is None]
        if endless:
            raise UserError(
                f"{', '.join(endless)}: every combination is to be tried, but an interval has endlessly many values. "
                "Write range(START, STOP, STEP) or list them, or search: hydra/sweeper=optuna_async."
            )
    elif not space.knobs and not settings.custom_search_space:
        raise UserError(
            "the search space is empty. Choose one with sweeps=NAME, or write one: "
            "'optimizer.learning_rate=tag(log,interval(1e-4,1e-1))' model=mlp,cnn"
        )
    target = str(settings.sampler.get("_target_", "")) if isinstance(settings.sampler, Mapping) else ""
    if target.endswith("CmaEsSampler") and all(
        isinstance(knob.distribution, optuna.distributions.CategoricalDistribution) for knob in space.knobs
    ):
        raise UserError(
            "hydra/sweeper/sampler=cmaes searches numbers, but every key of this space is a choice. Use tpe."
        )
    pruner = str(settings.pruner.get("_target_", "")) if isinstance(settings.pruner, Mapping) else "NopPruner"
    several = isinstance(settings.direction, list) and len(settings.direction) > 1
    if several and not pruner.endswith("NopPruner"):
        raise UserError("trials of several objectives cannot be pruned. Choose hydra/sweeper/pruner=none.")
    for node in (settings.sampler, settings.pruner):
        if node is not None:
            instantiate(node)
    return combinations


def _enqueue(study: optuna.Study, wanted: Sequence[Mapping[str, Any]]) -> None:
    """Queue what was not queued before."""
    queued = study.user_attrs.get("queued", 0)
    for params in wanted[queued:]:
        study.enqueue_trial(dict(params))
    if len(wanted) > queued:
        study.set_user_attr("queued", len(wanted))


def _outcome(study: optuna.Study, budget: Budget) -> tuple[str, str]:
    failed = failures(study)
    reasons = "\n".join(f"  trial {trial.number}: {trial.user_attrs.get('reason')}" for trial in failed[:5])
    if len(failed) > budget.max_failures:
        return (
            "FAILED",
            f"{len(failed)} trials failed, more than hydra.sweeper.max_failures={budget.max_failures}:\n{reasons}",
        )
    if not finished(study):
        return "FAILED", f"no trial came to its end.\n{reasons}"
    return "FINISHED", ""


def _ended(study: optuna.Study) -> dict[str, tuple[str, str]]:
    return {
        trial.user_attrs["run_id"]: (trial.user_attrs.get("state", "lost"), trial.user_attrs.get("reason", ""))
        for trial in study.get_trials(deepcopy=False)
        if trial.state not in (TrialState.RUNNING, TrialState.WAITING) and trial.user_attrs.get("run_id")
    }


def _offer(study: optuna.Study, registry: Any) -> str:
    """Offer the best trial's model to the registry, once."""
    best = best_trial(study)
    if best is None or "candidate" not in best.user_attrs:
        return "not registered (the best trial kept no model)"
    if study.user_attrs.get("offered") == best.number:
        return f"trial {best.number} was offered to the registry before"
    said: str = registry.offer(Candidate(**best.user_attrs["candidate"]))
    study.set_user_attr("offered", best.number)
    return said
