"""One sweep from the command line to the registry: read `run_sweep` from top to bottom."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import optuna
from hydra.core.hydra_config import HydraConfig
from hydra.types import HydraContext
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf, open_dict
from optuna.trial import TrialState

from experiments import build
from experiments.config import validate
from experiments.config.knobs import leaves
from experiments.errors import UserError, did_you_mean
from experiments.search.leases import Leases
from experiments.search.progress import progress
from experiments.search.results import report_sweep
from experiments.search.space import Space, describe, parse_space
from experiments.search.storage import StudyStorage
from experiments.search.study import Budget, best_trial, describe_once, failures, finished, open_study, take_back_lost
from experiments.search.worker import Worker
from experiments.secrets import redact
from experiments.tracking.sweep_run import SweepRun
from experiments.types import Candidate

Launch = Callable[[Callable[[Any], Any], Sequence[Sequence[str]]], Any]
_EVERY_COMBINATION = "EveryCombination"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every knob of ``conf/hydra/sweeper/optuna_async.yaml``, where they are explained."""

    study_name: str
    storage: str | None = None
    direction: Any = None
    metrics: Sequence[str] | None = None
    sampler: Any = None
    pruner: Any = None
    n_trials: int | None = 20
    n_jobs: int = 1
    timeout: float | None = None
    target: float | None = None
    patience: int | None = None
    max_failures: int | None = 3
    max_failure_rate: float | None = None
    max_retries: int = 3
    seed: int | None = None
    enqueue: Sequence[Mapping[str, Any]] = ()
    warm_start: str | None = None
    on_change: str = "error"
    custom_search_space: str | None = None
    trials_per_worker: int | None = None
    memory_limit: int | None = None

    @classmethod
    def checked(cls, values: Mapping[str, Any]) -> "Settings":
        """Return settings from config.

        Raises:
            UserError: there is no such setting, or its value is out of range.
        """
        plain: dict[str, Any] = {
            name: OmegaConf.to_container(value, resolve=True) if OmegaConf.is_config(value) else value
            for name, value in values.items()
        }
        known = {field.name for field in fields(cls)}
        for name in plain:
            if name not in known:
                raise UserError(f"hydra.sweeper has no key {name!r}.{did_you_mean(name, known)}")
        for name in ("n_trials", "n_jobs", "timeout", "patience", "trials_per_worker", "memory_limit"):
            value = plain.get(name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < 1):
                raise UserError(f"hydra.sweeper.{name} must be at least 1, got {value!r}.")
        if plain.get("on_change", "error") not in ("error", "new_study"):
            raise UserError(f"hydra.sweeper.on_change must be error or new_study, got {plain['on_change']!r}.")
        return cls(**plain)

    @property
    def every_combination(self) -> bool:
        """Whether each combination is tried once, in order."""
        return isinstance(self.sampler, Mapping) and str(self.sampler.get("_target_")).endswith(_EVERY_COMBINATION)


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
    sample = _compose(space, config, context)
    objective = build.objective(sample)
    directions = _directions(settings, objective.mode)
    tracker, registry = build.tracker(sample), build.registry(sample)
    tracker.check()

    studies = Path(sample["paths"]["store"]).absolute() / "studies"
    storage, study, leases = _open(settings, studies, directions, _facts(space, sample))
    folder, name = storage.folder, study.study_name
    budget = _budget(settings, combinations)
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


def _compose(space: Space, config: DictConfig, context: HydraContext) -> dict[str, Any]:
    """Compose and validate the two corners of the space; return the lower one, so that no worker meets a bad config."""
    before = HydraConfig.instance().cfg
    corners = [_corner(space, high=high) for high in (True, False)]
    names = ["hydra.runtime.output_dir=${paths.runs}/${run_name}", "run_name=trial"]  # of no run: nothing is made
    for overrides in corners[: 2 if space.knobs else 1]:
        composed = context.config_loader.load_sweep_config(config, [*space.fixed, *overrides, *names])
        HydraConfig.instance().set_config(composed)
        choices = {group: str(option) for group, option in composed.hydra.runtime.choices.items() if option is not None}
        with open_dict(composed):
            del composed["hydra"]
        sample = validate(composed, choices)
    HydraConfig.instance().cfg = before
    return sample


def _corner(space: Space, *, high: bool) -> list[str]:
    return [
        knob.override(
            knob.distribution.choices[-1 if high else 0]
            if isinstance(knob.distribution, optuna.distributions.CategoricalDistribution)
            else (knob.distribution.high if high else knob.distribution.low)  # type: ignore[attr-defined]
        )
        for knob in space.knobs
    ]


def _directions(settings: Settings, mode: str) -> list[str]:
    words = {"max": "maximize", "min": "minimize", "maximize": "maximize", "minimize": "minimize"}
    wanted = settings.direction or mode
    named = [getattr(word, "name", str(word)).lower() for word in (wanted if isinstance(wanted, list) else [wanted])]
    for word in named:
        if word not in words:
            raise UserError(f"hydra.sweeper.direction must be maximize or minimize, got {word!r}.")
    if settings.metrics and len(settings.metrics) != len(named):
        raise UserError(
            f"hydra.sweeper.metrics={list(settings.metrics)} and hydra.sweeper.direction={named} differ in length."
        )
    return [words[word] for word in named]


def _facts(space: Space, sample: Mapping[str, Any]) -> dict[str, str]:
    """Return what must stay the same for trials to be comparable."""
    searched, store = {name.partition("@")[0] for name in space.distributions()}, str(sample["paths"]["store"])
    config = {
        name: repr(value).replace(store, "STORE")
        for name, value in leaves(redact(dict(sample)))
        if not name.startswith(("paths.", "run_name", "tracking.", "registry."))
        and not any(name == key or name.startswith(f"{key}.") for key in searched)
    }
    return config | {f"search {name}": describe(known) for name, known in space.distributions().items()}


def _budget(settings: Settings, combinations: Sequence[Any] | None) -> Budget:
    unlimited = 10**9
    allowed = unlimited if settings.max_failures is None else settings.max_failures
    n_trials = settings.n_trials if combinations is None else len(combinations)
    if settings.max_failure_rate is not None:
        allowed = int(settings.max_failure_rate * (n_trials or unlimited))
    return Budget(
        n_trials=n_trials,
        timeout=settings.timeout,
        target=settings.target,
        patience=settings.patience,
        max_failures=allowed,
        max_retries=settings.max_retries,
    )


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
