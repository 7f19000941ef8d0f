"""The run that Hydra's own Optuna sweeper repeats: `python official.py -m hydra/sweeper=optuna …`.

With `BENCHMARK_NOOP=1` it only computes.
"""

import math
import os
from pathlib import Path

import hydra
from hydra.core.hydra_config import HydraConfig

from experiments.config import validate
from experiments.paths import CONF
from searching.one_trial import train


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="train")
def main(config):
    """Train once and return the best validation accuracy."""
    if os.environ.get("BENCHMARK_NOOP"):
        return -((math.log10(config.optimizer.learning_rate) + 3) ** 2) - config.model.dropout
    choices = {name: str(option) for name, option in HydraConfig.get().runtime.choices.items() if option is not None}
    value, _ = train(validate(config, choices), log=Path(os.environ["BENCHMARK_LOG"]))
    return value


if __name__ == "__main__":
    main()
