"""A search written by hand, one of two processes: `python optuna_loop.py ARGUMENTS.json`.

It is what a user of Optuna would write: the storage is a journal, which the processes share; a callback counts.
"""

import json
import sys
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.study import MaxTrialsCallback
from optuna.trial import TrialState

from experiments.app import compose
from experiments.types import NoTrial
from searching.one_trial import train

_TAKEN = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.RUNNING)


class _Reports(NoTrial):
    """Report a run's epochs to an Optuna trial."""

    def __init__(self, trial: optuna.Trial) -> None:
        self.trial = trial

    def report(self, epoch: int, value: float) -> bool:
        """Report the value after an epoch; return whether to stop."""
        self.trial.report(value, epoch)
        return self.trial.should_prune()


def suggest(trial: optuna.Trial) -> list[str]:
    """Draw the parameters of a trial and return them as overrides."""
    units = trial.suggest_categorical("model.units", ["[64]", "[128]", "[256]", "[128,64]"])
    return [
        f"optimizer.learning_rate={trial.suggest_float('optimizer.learning_rate', 1e-4, 1e-1, log=True)}",
        f"model.dropout={trial.suggest_float('model.dropout', 0, 0.5)}",
        f"model.l2={trial.suggest_float('model.l2', 1e-7, 1e-3, log=True)}",
        f"model.units={units}",
        f"trainer.epochs={trial.suggest_categorical('trainer.epochs', [5, 20])}",
    ]


def main(arguments: dict[str, Any]) -> None:
    """Search until the processes have finished their trials together."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)

    def run(trial: optuna.Trial) -> float:
        config = compose("train", [*arguments["fixed"], *suggest(trial)])
        value, pruned = train(config, log=Path(arguments["log"]), trial=_Reports(trial))
        if pruned:
            raise optuna.TrialPruned
        return value

    study = optuna.create_study(
        study_name="loop",
        storage=JournalStorage(JournalFileBackend(arguments["journal"])),
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=arguments["seed"]),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=5) if arguments["prune"] else optuna.pruners.NopPruner(),
        load_if_exists=True,
    )
    for params in arguments["first"]:
        study.enqueue_trial(params)
    study.optimize(run, callbacks=[MaxTrialsCallback(arguments["n_trials"], states=_TAKEN)])


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
