"""What a run says on the console, before and after."""

import logging
import shlex

from experiments.paths import shown
from experiments.tracking.store import command
from experiments.types import RunRecord, RunResult, Splits, Tracked

_log = logging.getLogger("experiments")


def announce(record: RunRecord, splits: Splits, tracked_in: str) -> None:
    """Say in a few lines what is about to happen."""
    sizes = f"{len(splits.train):,} training, {len(splits.validation):,} validation and {len(splits.test):,} test"
    extreme = "highest" if record.objective.mode == "max" else "lowest"
    _say(
        record.summary,
        f"data     {splits.name}: {sizes} examples",
        f"best     the epoch with the {extreme} {record.objective.metric}",
        f"run      {record.name}" + (f", tracked in {tracked_in}" if tracked_in else ", not tracked"),
    )


def results(result: RunResult) -> None:
    """Print a table of the best epoch's metrics and the test's."""
    names = [name for name in result.best if not name.startswith("val_") and name != "learning_rate"]
    head = f"best epoch {result.best_epoch} of {_epochs(result)}"
    _say("", f"{head:24} {'training':>12} {'validation':>12} {'test':>12}")
    for name in names:
        values = (result.best[name], result.best.get(f"val_{name}"), result.test.get(name))
        _say(f"  {name:22} " + " ".join(f"{'' if value is None else f'{value:.4f}':>12}" for value in values))
    _say("")


def whereabouts(result: RunResult, tracked: Tracked, registered: str) -> None:
    """Say where everything is and how to look at it."""
    _say(
        f"run      {result.record.name}" + (f", id {tracked.run_id}" if tracked.run_id else ""),
        f"folder   {shown(result.record.folder)}",
        f"trained  {result.seconds:.1f} s",
        f"model    {registered}",
        "look     ",
    )
    if tracked.view_url:
        _say(*([f"  {tracked.view_command}"] if tracked.view_command else []), f"    then open {tracked.view_url}")
    _say(f"  {command('tensorboard')} --logdir {shlex.quote(shown(result.record.folder.parent))}")
    _say("    then open http://localhost:6006")


def cut_short(result: RunResult, tracked: Tracked) -> None:
    """Say what is kept of a run that did not come to its end."""
    value = f"{result.record.objective.metric} {result.objective_value:.4f}"
    _say("", f"cut short after {_epochs(result)} epochs; best was epoch {result.best_epoch}, {value}")
    whereabouts(result, tracked, "kept, but neither scored nor registered")


def _epochs(result: RunResult) -> int:
    return max(map(len, result.history.values()))


def _say(*lines: str) -> None:
    for line in lines:
        _log.info("%s", line.rstrip())
