"""One sweep from the command line to the registry: read `run_sweep` from top to bottom."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hydra.types import HydraContext
from omegaconf import DictConfig

from experiments import builders
from experiments.errors import UserError
from experiments.search.open_sweep import OpenSweep, earlier_best, open_sweep
from experiments.search.progress import progress
from experiments.search.sample import compose_sample
from experiments.search.settings import Settings, budget_of, check_launcher, check_space, warn_of_overfitting
from experiments.search.space import parse_space
from experiments.search.study import best_trial, why_over
from experiments.search.worker import AWAY, RECYCLE, Worker, returned_by, told
from experiments.tracking.sweep_run import SweepRun

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

    Args:
        settings: of the sweep.
        arguments: typed overrides.
        params: overrides of the sweep's file.
        task: the run.
        context: Hydra's, to compose with.
        config: Hydra's, of the whole sweep.
        launch: runs a task once for each of several lists of overrides.

    Raises:
        UserError: a setting, the space, the config or the storage is at fault, or too many trials failed.
    """
    space = parse_space(arguments, params, context.config_loader)
    combinations = check_space(settings, space)
    check_launcher(settings, config.hydra.launcher._target_)
    enqueued = [space.stored(params) for params in settings.enqueue]
    sample = compose_sample(space, config, context)
    tracker = builders.tracker(sample)
    tracker.check()

    warn_of_overfitting(settings, sample["objective"]["metric"])
    sweep = open_sweep(settings, space, sample, budget_of(settings, combinations))
    sweep.prepare([*earlier_best(settings, sweep), *enqueued, *(combinations or [])])
    parent = SweepRun(tracker=tracker)  # type: ignore[arg-type]
    worker = Worker(
        storage=sweep.storage,
        study_name=sweep.study.study_name,
        directions=sweep.directions,
        settings=settings,
        space=space,
        budget=sweep.budget,
        began=sweep.began,
        objective=sweep.objective,
        tracker=tracker,
        tags=sweep.open_parent(parent),
        task=task,
        context=context,
        config=config,
    )
    status, reason = "KILLED", "interrupted: the same command goes on where it stopped"
    try:
        with progress(sweep.study, sweep.budget, sweep.objective.metric):
            is_away = _run_workers(sweep, worker, launch)
        status, reason = sweep.outcome(away=is_away)
    except Exception as error:
        status, reason = "FAILED", told(error)
        raise
    finally:
        owed = sweep.close(parent, status, reason)
    if reason or owed:
        raise UserError("\n".join(filter(None, (reason, owed))))
    best = best_trial(sweep.study)
    return best.values[0] if best and best.values else None


def _run_workers(sweep: OpenSweep, worker: Worker, launch: Launch) -> bool:
    """Run workers until the sweep is over; return whether one gave up waiting for the tracking store."""
    while not why_over(sweep.study, sweep.budget, sweep.began):
        ends = [returned_by(job) for job in launch(worker, sweep.jobs(worker.settings.n_jobs))]
        if AWAY in ends or RECYCLE not in ends:  # most launchers replace no worker by themselves
            return AWAY in ends
    return False
