"""A run that only computes: `python noop.py -m …`. The environment says how it misbehaves."""

import math
import os
import sys
import time
from pathlib import Path

import hydra

from experiments.app import one_clear_error
from experiments.config import register_resolvers
from experiments.errors import LayersDoNotFit, TrainingDiverged
from experiments.paths import CONF
from experiments.running_trial import current_trial
from experiments.search.study import Budget, give_back

ERRORS = {
    "error": ValueError,
    "diverged": TrainingDiverged,
    "memory": MemoryError,
    "lost": ConnectionError,
    "unfit": LayersDoNotFit,
}


def value_of(config):
    return -((math.log10(config.optimizer.learning_rate) + 3) ** 2) - config.model.dropout


def take_from_its_worker(running):
    if "attempt" not in running.trial.user_attrs:
        listed = running.study.trials[running.trial.number]
        give_back(running.study, listed, Budget(n_trials=None), reason="as another machine would")


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="train")
def main(config):
    with (Path(config.paths.store) / "calls.txt").open("a") as calls:
        calls.write(f"{os.getpid()} {config.optimizer.learning_rate} {config.model.dropout} {config.run_name}\n")
    time.sleep(float(os.environ.get("NOOP_SECONDS", "0")))
    bad = config.model.dropout > float(os.environ.get("NOOP_BAD_ABOVE", "2"))
    if bad and os.environ["NOOP_BAD"] == "nan":
        return math.nan
    if bad and os.environ["NOOP_BAD"] in ("taken", "taken and interrupted"):
        take_from_its_worker(current_trial())
        if os.environ["NOOP_BAD"] == "taken and interrupted":
            raise KeyboardInterrupt
    elif bad:
        raise ERRORS[os.environ["NOOP_BAD"]]("as asked")
    for epoch in range(1, 4):
        if current_trial().report(epoch, value_of(config)):
            return value_of(config)
    return value_of(config)


if __name__ == "__main__":
    register_resolvers()
    with one_clear_error():
        main()
    sys.exit()
