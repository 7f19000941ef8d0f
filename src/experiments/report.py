"""What a run says on the console, before and after."""

import logging
from collections.abc import Mapping

from experiments.paths import shown
from experiments.types import RunRecord, RunResult, Splits, Tracked

_log = logging.getLogger("experiments")


def announce(record: RunRecord, splits: Splits, tracked_in: str) -> None:
    """Say in a few lines what is about to happen."""
    sizes = (
        f"{len(splits.train):,} training, {len(splits.validation):,} validation and {len(splits.test):,} test examples"
    )
    _log.info("%s", record.summary)
    _log.info("data    %s: %s", splits.name, sizes)
    _log.info(
        "best    the epoch with the %s %s",
        "highest" if record.objective.mode == "max" else "lowest",
        record.objective.metric,
    )
    _log.info(
        "run     %s, in %s%s", record.name, shown(record.folder), f", tracked in {tracked_in}" if tracked_in else ""
    )


def results(result: RunResult) -> None:
    """Print a table of metrics: the best epoch's and, where there are any, the test's."""
    rows = _rows(result)
    _log.info("")
    _log.info(
        "%-24s %12s %12s %12s",
        f"best epoch {result.best_epoch} of {len(next(iter(result.history.values())))}",
        "training",
        "validation",
        "test",
    )
    for name, values in rows.items():
        _log.info("  %-22s %12s %12s %12s", name, *(f"{value:.4f}" if value is not None else "" for value in values))
    _log.info("")


def whereabouts(result: RunResult, tracked: Tracked, registered: str) -> None:
    """Say where everything is and how to look at it."""
    from experiments.tracking.store import command

    _log.info("run      %s%s", result.record.name, f"  id {tracked.run_id}" if tracked.run_id else "")
    _log.info("folder   %s", shown(result.record.folder))
    _log.info("trained  %.1f s", result.seconds)
    if registered:
        _log.info("model    %s", registered)
    for line in tracked.view_commands:
        _log.info("look     %s", line)
    _log.info(
        "look     %s --logdir %s   then open http://localhost:6006",
        command("tensorboard"),
        shown(result.record.folder.parent),
    )


def _rows(result: RunResult) -> Mapping[str, tuple[float | None, float | None, float | None]]:
    names = [name for name in result.best if not name.startswith("val_") and name != "learning_rate"]
    return {name: (result.best[name], result.best.get(f"val_{name}"), result.test.get(name)) for name in names}
