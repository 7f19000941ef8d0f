"""Cases on the real MNIST: trials of uneven length, two workers, the same space and budget for every stack."""

import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from searching import stacks
from searching.environments import python_of
from searching.stacks import Ended, Search
from searching.table import Row

UNTRACKED = ["tracking=none", "registry=none", *stacks.QUIET]
_MARKS = (30, 60, 90, 120)  # seconds after which the best accuracy so far is looked at
_POINTS = 8


def search(environments: Path, rounds: int) -> list[Row]:
    """Compare ours with Hydra's own stack and with a loop written by hand: TPE, 24 trials."""
    python, n_trials = python_of("official", environments), 24

    def ours(*more: str) -> Callable[[Path, int], Search]:
        settings = [*stacks.space(), *stacks.RUN, *more, f"hydra.sweeper.n_trials={n_trials}"]
        return lambda folder, seed: stacks.ours(folder, *settings, f"hydra.sweeper.seed={seed}")

    found = _in_turn(
        {
            "ours, tracked and registered": ours("trainer.verbose=0"),
            "ours, tracking=none": ours(*UNTRACKED),
            "hydra-optuna-sweeper + joblib": lambda folder, seed: stacks.official(python, folder, n_trials, seed),
            "loop by hand": lambda folder, seed: stacks.by_hand(folder, n_trials, seed),
        },
        rounds,
    )
    return _rows(found, against="hydra-optuna-sweeper + joblib", target=">= 1.5 x the official stack")


def overhead(_: Path, rounds: int) -> list[Row]:
    """Run the same eight trials, unpruned, under our sweeper and under a loop written by hand."""
    points = _points(_POINTS)
    typed = "[" + ",".join("{" + ",".join(f"{key}:{value}" for key, value in point.items()) + "}" for point in points)
    fixed = [*stacks.RUN, "hydra/sweeper/pruner=none", f"hydra.sweeper.n_trials={_POINTS}"]
    fixed += [*stacks.space(), f"hydra.sweeper.enqueue={typed}]"]
    found = _in_turn(
        {
            "ours, tracking=none": lambda folder, _: stacks.ours(folder, *fixed, *UNTRACKED),
            "ours, tracked and registered": lambda folder, _: stacks.ours(folder, *fixed, "trainer.verbose=0"),
            "loop by hand": lambda folder, seed: stacks.by_hand(folder, _POINTS, seed, first=points),
        },
        rounds,
    )
    return _rows(found, against="loop by hand", target=">= 0.95 x the loop, without tracking")


def keras_tuner(environments: Path, rounds: int) -> list[Row]:
    """Compare `sweeps=keras_tuner` with Keras Tuner's Hyperband over the same space, 30 trials of up to 10 epochs."""
    python = python_of("keras_tuner", environments)
    fixed = ["sweeps=keras_tuner", "data=mnist", *UNTRACKED]
    found = _in_turn(
        {
            "ours, tracking=none": lambda folder, seed: stacks.ours(folder, *fixed, f"hydra.sweeper.seed={seed}"),
            "Keras Tuner": lambda folder, seed: stacks.keras_tuner(python, folder, seed),
        },
        rounds,
    )
    return _rows(found, against="Keras Tuner", target="")


def _points(count: int) -> list[dict[str, float | int | str]]:
    """Return parameters that alternate between short and long trials, drawn once and for all."""
    draw = random.Random(0)
    return [
        {
            "optimizer.learning_rate": round(10 ** draw.uniform(-4, -2), 6),
            "model.dropout": round(draw.uniform(0, 0.5), 3),
            "model.l2": round(10 ** draw.uniform(-7, -3), 9),
            "model.units": draw.choice(["[64]", "[128]", "[256]"]),
            "trainer.epochs": draw.choice([5, 20]),
        }
        for _ in range(count)
    ]


def _in_turn(sides: Mapping[str, Callable[[Path, int], Search]], rounds: int) -> dict[str, list[Search]]:
    """Run every stack once with each of the seeds 1, 2, …, one after the other, each in a new folder."""
    found: dict[str, list[Search]] = {name: [] for name in sides}
    for seed in range(1, rounds + 1):
        for name, run in sides.items():
            with tempfile.TemporaryDirectory() as folder:
                found[name].append(run(Path(folder), seed))
    return found


def _rows(found: Mapping[str, Sequence[Search]], *, against: str, target: str) -> list[Row]:
    """Return what the searches of each stack came to, over all rounds."""
    per_hour = {name: _sum(searches, _trials) / _sum(searches, _wall) * 3600 for name, searches in found.items()}

    def row(what: str, value: Callable[[Sequence[Search]], float], digits: int = 1, target: str = "") -> Row:
        return Row(what=what, values={name: f"{value(s):.{digits}f}" for name, s in found.items()}, target=target)

    marks = [
        row(f"best validation accuracy after {mark} s", lambda s, mark=mark: _mean(s, lambda x: _best(x, mark)), 4)
        for mark in _MARKS
    ]
    return [
        row("wall time of the command, s", lambda s: _mean(s, _wall)),
        row("CPU time, s", lambda s: _mean(s, lambda x: x.usage.cpu)),
        row("trials", lambda s: _mean(s, _trials), 0),
        row("of these pruned", lambda s: _mean(s, lambda x: sum(trial.pruned for trial in x.trials)), 0),
        row("epochs trained", lambda s: _mean(s, _epochs), 0),
        row("trials an hour", lambda s: _sum(s, _trials) / _sum(s, _wall) * 3600, 0),
        Row(
            what=f"trials an hour, ratio to {against}",
            values={name: f"{rate / per_hour[against]:.2f}" for name, rate in per_hour.items()},
            target=target,
        ),
        row("epochs an hour", lambda s: _sum(s, _epochs) / _sum(s, _wall) * 3600, 0),
        row("CPU time an epoch, s", lambda s: _sum(s, lambda x: x.usage.cpu) / _sum(s, _epochs), 2),
        row("utilisation of the workers", lambda s: _mean(s, utilisation), 2, ">= 0.90 for ours"),
        *marks,
        row("best validation accuracy at the end", lambda s: _mean(s, lambda x: _best(x, float("inf"))), 4),
    ]


def _sum(searches: Sequence[Search], value: Callable[[Search], float]) -> float:
    return sum(map(value, searches))


def _mean(searches: Sequence[Search], value: Callable[[Search], float]) -> float:
    return _sum(searches, value) / len(searches)


def _wall(search: Search) -> float:
    return search.usage.wall


def _trials(search: Search) -> float:
    return len(search.trials)


def _epochs(search: Search) -> float:
    return sum(trial.epochs for trial in search.trials)


def utilisation(search: Search) -> float:
    """Return the share of the workers' time, from the first trial's begin to the last one's end, that trials took."""
    first, last = min(trial.began for trial in search.trials), max(trial.ended for trial in search.trials)
    busy = sum(trial.ended - trial.began for trial in search.trials)
    return busy / (stacks.WORKERS * (last - first))


def _best(search: Search, seconds: float) -> float:
    """Return the best value of the trials that had ended so many seconds after the command began."""

    def in_time(trial: Ended) -> bool:
        return trial.ended - search.usage.began <= seconds

    return max((trial.value for trial in search.trials if in_time(trial)), default=float("nan"))
