"""One training run without tracking, as the programs of the other stacks do it: our model, data and trainer."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments import builders
from experiments.config import register_resolvers
from experiments.types import NoTrial, Trial

register_resolvers()  # the processes of joblib import this module before they compose a config


def train(config: Mapping[str, Any], *, log: Path, trial: Trial | None = None) -> tuple[float, bool]:
    """Train what the config describes; return the best value of the objective, and whether the trial was pruned.

    Args:
        config: resolved and validated.
        log: file to which a line is added: when it began and ended, epochs, value.
        trial: to report the epochs to.
    """
    began = time.time()
    from experiments.callbacks.best_epoch import BestEpoch
    from experiments.callbacks.trial_report import TrialReport

    trainer, objective = builders.trainer(config), builders.objective(config)
    trainer.prepare(config["seed"])
    data = builders.splits(config)
    model = builders.model(config, data)
    best, reported = BestEpoch(objective), TrialReport(trial or NoTrial(), objective)
    trainer.fit(model, data, [best, *builders.callbacks(config, data), reported])
    value, pruned = best.metrics[objective.metric], bool(reported.pruned_at)
    note(log, began=began, epochs=len(best.history["loss"]), value=value, pruned=pruned)
    return value, pruned


def note(log: Path, **facts: Any) -> None:
    """Add a line about a trial that has just ended."""
    with log.open("a") as file:
        file.write(json.dumps({"ended": time.time(), "process": os.getpid(), **facts}) + "\n")
