"""Small cases: what the search itself costs, without the training."""

import sys
import tempfile
import time
from pathlib import Path

import optuna

from searching import stacks
from searching.commands import Usage, measured
from searching.environments import python_of
from searching.stacks import HERE
from searching.table import Row

SPACE = ["optimizer.learning_rate=tag(log,interval(1e-5,1e-1))", "model.dropout=interval(0,0.5)"]
_FEW, _MANY = 10, 50  # trials, between which the slope is taken


def noop(environments: Path, rounds: int) -> list[Row]:
    """Measure CPU and wall seconds for each trial that does nothing: the slope between 10 and 50 trials."""
    official = python_of("official", environments)
    found = {
        "ours, 1 worker": _slope(lambda trials: _ours(trials, 1), rounds),
        "ours, 2 workers": _slope(lambda trials: _ours(trials, 2), rounds),
        "hydra-optuna-sweeper, basic": _slope(lambda trials: _official(official, trials, 1), rounds),
        "hydra-optuna-sweeper, joblib, 2 jobs": _slope(lambda trials: _official(official, trials, 2), rounds),
    }
    return [
        Row(
            what="CPU s a no-op trial", values={name: f"{cpu:.3f}" for name, (cpu, _) in found.items()}, target="<= 0.2"
        ),
        Row(what="wall s a no-op trial", values={name: f"{wall:.3f}" for name, (_, wall) in found.items()}),
    ]


def report(_: Path, rounds: int) -> list[Row]:
    """Measure report and prune check of an epoch, in a study of 50 trials of 20 epochs on a journal."""
    from experiments.search.storage import StudyStorage
    from experiments.search.study import open_study
    from experiments.search.trial import StudyTrial
    from experiments.types import Objective

    seconds = []
    with tempfile.TemporaryDirectory() as name:
        storage = StudyStorage(url=f"journal://{name}/journal.log", folder=Path(name))
        pruner = optuna.pruners.MedianPruner(n_startup_trials=5)
        study, _ = open_study(storage, name="s", directions=["maximize"], pruner=pruner)
        for number in range(50 * rounds):
            trial = study.ask({"x": optuna.distributions.FloatDistribution(0, 1)})
            run = StudyTrial(trial=trial, study=study, objective=Objective(metric="a", mode="max"), tags={})
            for epoch in range(1, 21):
                began = time.perf_counter()
                run.report(epoch, trial.params["x"] + epoch)
                seconds.append(time.perf_counter() - began)
            study.tell(trial, number)
    last = sorted(seconds[-1000:])
    return [
        Row(
            what="report and prune check of an epoch, ms",
            values={"median": f"{last[500] * 1000:.2f}", "95th percentile": f"{last[950] * 1000:.2f}"},
            target="<= 3",
        )
    ]


def memory(_: Path, rounds: int) -> list[Row]:
    """Measure the peak memory of one process that runs 20, or 100, real small trials."""
    peaks = {}
    for trials in (20, 100):
        with tempfile.TemporaryDirectory() as name:
            settings = ["data=digits", "model=mlp", "trainer.epochs=2", "trainer.verbose=0", "tracking=none"]
            settings += ["registry=none", f"hydra.sweeper.n_trials={trials}", "hydra.sweeper.n_jobs=1"]
            settings += ["hydra.sweeper.trials_per_worker=null", "hydra/sweeper/pruner=none"]
            found = stacks.ours(Path(name), *SPACE, *settings, launcher="basic")
            peaks[f"after {trials} trials"] = f"{found.usage.memory:.0f}"
    return [Row(what="peak memory of one worker, MB", values=peaks, target="flat")]


def resume(_: Path, rounds: int) -> list[Row]:
    """Measure a command that finds its 1,000 trials finished."""
    with tempfile.TemporaryDirectory() as name:
        first = _ours(1000, 2, Path(name))
        again = [_ours(1000, 2, Path(name)) for _ in range(rounds)]
    values = {
        "1,000 trials": f"{first.wall:.1f}",
        "the same command again": f"{min(usage.wall for usage in again):.1f}",
        "CPU of that": f"{min(usage.cpu for usage in again):.1f}",
    }
    return [Row(what="no-op study, s", values=values, target="again < 5")]


def _slope(run, rounds: int) -> tuple[float, float]:
    """Return CPU and wall seconds for each further trial, the least of the rounds."""
    found = []
    for _ in range(rounds):
        few, many = run(_FEW), run(_MANY)
        found.append([(a - b) / (_MANY - _FEW) for a, b in ((many.cpu, few.cpu), (many.wall, few.wall))])
    return min(cpu for cpu, _ in found), min(wall for _, wall in found)


def _ours(trials: int, workers: int, folder: Path | None = None) -> Usage:
    if folder is None:
        with tempfile.TemporaryDirectory() as name:
            return _ours(trials, workers, Path(name))
    command = [sys.executable, str(HERE / "noop.py"), "-m", "hydra/sweeper=optuna_async", *stacks.RUN, *SPACE]
    command += [f"paths.store={folder}", "hydra.sweeper.study_name=s", "tracking=none", "registry=none"]
    command += [f"hydra.sweeper.n_trials={trials}", f"hydra.sweeper.n_jobs={workers}"]
    command += [f"hydra/launcher={'workers' if workers > 1 else 'basic'}", "hydra.sweeper.trials_per_worker=null"]
    return measured([command], folder)


def _official(python: Path, trials: int, workers: int) -> Usage:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [str(python), str(HERE / "official.py"), "-m", *stacks.RUN, *SPACE, f"paths.store={folder}"]
        command += stacks.official_sweeper(folder, trials, workers)
        return measured([command], folder, {"BENCHMARK_NOOP": "1"})
