"""The knobs of a sweep, checked."""

import logging
import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.util import find_spec
from typing import Any

from hydra.utils import instantiate
from omegaconf import OmegaConf
from optuna.distributions import CategoricalDistribution
from optuna.exceptions import ExperimentalWarning

from experiments.errors import UserError, did_you_mean
from experiments.search.space import Space
from experiments.search.study import Budget

_EVERY_COMBINATION = "EveryCombination"
_LEAST = {
    **dict.fromkeys(
        ("n_trials", "n_jobs", "patience", "trials_per_worker", "memory_limit", "timeout", "max_outage"), 1
    ),
    **dict.fromkeys(("max_failures", "max_retries", "max_failure_rate", "seed"), 0),
    "target": -math.inf,
}
_MAY_BE_A_FRACTION = {"timeout", "max_outage", "max_failure_rate", "target"}
_NEEDED = {"n_jobs", "max_retries", "max_outage"}  # the others may be null
_log = logging.getLogger("experiments")


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
    max_outage: float = 600
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
        for name, least in _LEAST.items():
            _check_number(name, plain.get(name, getattr(cls, name)), least)
        if plain.get("on_change", "error") not in ("error", "new_study"):
            raise UserError(f"hydra.sweeper.on_change must be error or new_study, got {plain['on_change']!r}.")
        return cls(**plain)

    @property
    def every_combination(self) -> bool:
        """Whether each combination is tried once, in order."""
        return isinstance(self.sampler, Mapping) and str(self.sampler.get("_target_")).endswith(_EVERY_COMBINATION)


def _check_number(name: str, value: Any, least: float) -> None:
    if value is None and name not in _NEEDED:
        return
    whole = name not in _MAY_BE_A_FRACTION
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not value >= least:
        kind = "a whole number, " if whole else ""
        raise UserError(f"hydra.sweeper.{name} must be {kind}at least {least:g}, got {value!r}.")


def directions_of(settings: Settings, mode: str) -> list[str]:
    """Return Optuna's word for each direction; by default that of the objective's mode.

    Raises:
        UserError: a word is unknown, or there are not as many metrics as directions.
    """
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


def warn_of_overfitting(settings: Settings, metric: str) -> None:
    """Say so where a search would prefer what fits the training examples best, whatever it does with others."""
    if settings.every_combination or settings.metrics or metric.startswith("val_"):
        return
    _log.warning(
        "%s",
        f"objective.metric={metric} is measured on the examples that are learnt from, so this search prefers models "
        f"that overfit. To search by others: data.validation_split=0.1 objective.metric=val_{metric}",
    )


def budget_of(settings: Settings, combinations: Sequence[Any] | None) -> Budget:
    """Return when the sweep is over: after each of the combinations, where those are given."""
    allowed = settings.max_failures
    n_trials = settings.n_trials if combinations is None else len(combinations)
    if settings.max_failure_rate is not None and n_trials:
        allowed = int(settings.max_failure_rate * n_trials)
    return Budget(
        n_trials=n_trials,
        timeout=settings.timeout,
        target=settings.target,
        patience=settings.patience,
        max_failures=allowed,
        max_retries=settings.max_retries,
    )


def check_launcher(settings: Settings, launcher: str) -> None:
    """Raise ``UserError`` where several workers are wanted of a launcher that starts one after another."""
    if settings.n_jobs > 1 and launcher.endswith("BasicLauncher"):
        raise UserError(
            f"hydra.sweeper.n_jobs={settings.n_jobs} needs a launcher that starts workers side by side: "
            "hydra/launcher=workers. One worker: hydra.sweeper.n_jobs=1."
        )


def check_space(settings: Settings, space: Space) -> list[dict[str, Any]] | None:
    """Hold the sampler and the pruner against the space; return every combination where each is to be tried.

    Raises:
        UserError: they do not fit, or the space is empty.
    """
    combinations = space.combinations() if settings.every_combination else None
    if combinations is None and not space.knobs and not settings.custom_search_space:
        raise UserError(
            "the search space is empty. Choose one with sweeps=NAME, or write one: "
            "'optimizer.learning_rate=tag(log,interval(1e-4,1e-1))' model=mlp,cnn"
        )
    target = str(settings.sampler.get("_target_", "")) if isinstance(settings.sampler, Mapping) else ""
    if target.endswith("CmaEsSampler") and all(
        isinstance(knob.distribution, CategoricalDistribution) for knob in space.knobs
    ):
        raise UserError(
            "hydra/sweeper/sampler=cmaes searches numbers, but every key of this space is a choice. Use tpe."
        )
    if target.endswith("GPSampler") and find_spec("torch") is None:
        raise UserError(
            "hydra/sweeper/sampler=gp needs PyTorch, which is not installed. Install it, pip install '.[gp]' in this "
            "project's folder, or use tpe."
        )
    pruner = str(settings.pruner.get("_target_", "")) if isinstance(settings.pruner, Mapping) else "NopPruner"
    several = isinstance(settings.direction, list) and len(settings.direction) > 1
    if several and not pruner.endswith("NopPruner"):
        raise UserError("trials of several objectives cannot be pruned. Choose hydra/sweeper/pruner=none.")
    for node in (settings.sampler, settings.pruner):
        if node is not None:
            make_part(node)
    return combinations


def make_part(node: Any, **arguments: Any) -> Any:
    """Make a sampler or a pruner of its node, without Optuna's word on which of them are experimental."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        return instantiate(node, **arguments)
