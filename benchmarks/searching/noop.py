"""A run of ours that only computes, under our sweeper: `python noop.py -m hydra/sweeper=optuna_async …`."""

import math
import os

import hydra

from experiments.config import register_resolvers
from experiments.paths import CONF
from experiments.running_trial import current_trial


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="train")
def main(config):
    """Return a number that depends on the learning rate and the dropout."""
    value = -((math.log10(config.optimizer.learning_rate) + 3) ** 2) - config.model.dropout
    for epoch in range(1, 1 + int(os.environ.get("BENCHMARK_EPOCHS", "0"))):
        current_trial().report(epoch, value)
    return value


if __name__ == "__main__":
    register_resolvers()
    main()
