"""The stacks that search the same space on MNIST, each as whole processes with two workers of one thread."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from searching.commands import THREADS, Usage, measured

HERE = Path(__file__).resolve().parent
RUN = ["data=mnist", "model=mlp"]
QUIET = ["trainer.verbose=0", "pictures=none", "callbacks=[early_stopping]", "callbacks.early_stopping.verbose=0"]
"""What the other stacks need no more than: they write nothing."""
SPACE = {
    "optimizer.learning_rate": "tag(log,interval(1e-4,1e-1))",
    "model.dropout": "interval(0,0.5)",
    "model.l2": "tag(log,interval(1e-7,1e-3))",
    "model.units": "choice([64],[128],[256],[128,64])",
    "trainer.epochs": "choice(5,20)",
}
WORKERS = 2


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A trial that has ended; times in seconds since the epoch."""

    began: float
    ended: float
    epochs: int
    value: float
    pruned: bool


@dataclass(frozen=True, kw_only=True)
class Search:
    """A whole search."""

    usage: Usage
    trials: Sequence[Ended]


def ours(folder: Path, *overrides: str, launcher: str = "workers", environment: dict[str, str] | None = None) -> Search:
    """Search with our command; every trial of the study is read from its journal."""
    command = [
        sys.executable,
        "-m",
        "experiments.train",
        "-m",
        "hydra/sweeper=optuna_async",
        f"hydra/launcher={launcher}",
    ]
    command += [f"paths.store={folder}", "hydra.sweeper.study_name=s", f"hydra.sweeper.n_jobs={WORKERS}"]
    usage = measured([[*command, *overrides]], folder, environment)
    backend = JournalFileBackend(str(folder / "studies/s/journal.log"))
    study = optuna.load_study(study_name="s", storage=JournalStorage(backend))
    return Search(
        usage=usage,
        trials=[
            Ended(
                began=trial.user_attrs["began"],
                ended=trial.user_attrs["ended"],
                epochs=len(trial.intermediate_values),
                value=max(trial.intermediate_values.values()),
                pruned=trial.state == optuna.trial.TrialState.PRUNED,
            )
            for trial in study.trials
            if trial.intermediate_values
        ],
    )


def official(python: Path, folder: Path, n_trials: int, seed: int) -> Search:
    """Search with Hydra's Optuna sweeper and joblib launcher, which know no pruning."""
    units = 'choice("[64]","[128]","[256]","[128,64]")'  # it cannot choose among lists
    command = [str(python), str(HERE / "official.py"), "-m", *RUN, *QUIET, *official_sweeper(folder, n_trials, WORKERS)]
    command += [f"hydra.sweeper.sampler.seed={seed}", *_typed({**SPACE, "model.units": units})]
    return _logged([command], folder)


def official_sweeper(folder: Path, n_trials: int, n_jobs: int) -> list[str]:
    """Return the overrides that choose Hydra's own sweeper in place of ours."""
    return [
        "hydra/sweeper=optuna",
        f"hydra/launcher={'joblib' if n_jobs > 1 else 'basic'}",
        f"hydra.sweep.dir={folder}/runs",
        "hydra.sweep.subdir=${hydra.job.num}",
        "hydra.sweeper.direction=maximize",
        f"hydra.sweeper.n_trials={n_trials}",
        f"hydra.sweeper.n_jobs={n_jobs}",
    ]


def by_hand(
    folder: Path, n_trials: int, seed: int, *, first: Sequence[dict[str, Any]] = (), fixed: Sequence[str] = ()
) -> Search:
    """Search with a loop around Optuna, in two processes that share a journal; unpruned if ``first`` is given."""
    commands = []
    for number in range(WORKERS):
        arguments = {
            "journal": str(folder / "journal.log"),
            "log": str(folder / "trials.jsonl"),
            "fixed": [*RUN, *QUIET, *fixed],
            "first": list(first[number::WORKERS]),
            "n_trials": n_trials,
            "prune": not first,
            "seed": seed + number,
        }
        file = folder / f"arguments-{number}.json"
        file.write_text(json.dumps(arguments))
        commands.append([sys.executable, str(HERE / "optuna_loop.py"), str(file)])
    return _logged(commands, folder)


def keras_tuner(python: Path, folder: Path, seed: int) -> Search:
    """Search with Keras Tuner's Hyperband, in one process with all threads, as its tutorial does."""
    arguments = {"folder": str(folder), "log": str(folder / "trials.jsonl"), "fixed": [*RUN, *QUIET], "seed": seed}
    arguments["fixed"] = [*RUN, *QUIET, "model.dropout=0.0"]
    file = folder / "arguments.json"
    file.write_text(json.dumps(arguments))
    return _logged([[str(python), str(HERE / "keras_tuner_search.py"), str(file)]], folder, threads={})


def space() -> list[str]:
    """Return what is searched, as typed for our command."""
    return _typed(SPACE)


def _typed(values: dict[str, str]) -> list[str]:
    return [f"{key}={value}" for key, value in values.items()]


def _logged(commands: Sequence[Sequence[str]], folder: Path, threads: dict[str, str] = THREADS) -> Search:
    log = folder / "trials.jsonl"
    usage = measured(commands, folder, {**threads, "BENCHMARK_LOG": str(log)})
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    known = Ended.__dataclass_fields__.keys()
    return Search(usage=usage, trials=[Ended(**{key: row[key] for key in known}) for row in rows])
