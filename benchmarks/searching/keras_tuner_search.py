"""Keras Tuner's Hyperband over the space of `sweeps/keras_tuner.yaml`: `python keras_tuner_search.py FILE.json`."""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras_tuner

from experiments import builders
from experiments.app import compose
from searching.one_trial import note


class Perceptron(keras_tuner.HyperModel):
    """Our perceptron on our data, built and trained as we do it.

    Args:
        arguments: of this program.
    """

    def __init__(self, arguments: dict[str, Any]) -> None:
        super().__init__()
        self.arguments = arguments

    def _config(self, hp: keras_tuner.HyperParameters) -> dict[str, Any]:
        units = hp.Int("units", min_value=32, max_value=512, step=32)
        rate = hp.Choice("learning_rate", values=[1e-2, 1e-3, 1e-4])
        return compose("train", [*self.arguments["fixed"], f"model.units=[{units}]", f"optimizer.learning_rate={rate}"])

    def build(self, hp: keras_tuner.HyperParameters) -> Any:
        """Build and compile the model; the tuner clears the session before."""
        config = self._config(hp)
        return builders.model(config, builders.splits(config))

    def fit(
        self, hp: keras_tuner.HyperParameters, model: Any, *, epochs: int, initial_epoch: int, **options: Any
    ) -> Any:
        """Train from one of Hyperband's rungs to the next."""
        from experiments.callbacks.best_epoch import BestEpoch

        config, began = self._config(hp), time.time()
        best = BestEpoch(builders.objective(config))
        callbacks = [best, *builders.callbacks(config, builders.splits(config)), *options["callbacks"]]
        trainer = replace(builders.trainer(config), epochs=epochs - initial_epoch)
        trainer.fit(model, builders.splits(config), callbacks)
        value = best.metrics["val_accuracy"]
        note(Path(self.arguments["log"]), began=began, epochs=len(best.history["loss"]), value=value, pruned=False)
        return best.history


def main(arguments: dict[str, Any]) -> None:
    """Search one Hyperband iteration."""
    tuner = keras_tuner.Hyperband(
        Perceptron(arguments),
        objective=keras_tuner.Objective("val_accuracy", "max"),
        max_epochs=10,
        factor=3,
        seed=arguments["seed"],
        directory=arguments["folder"],
        project_name="keras_tuner",
    )
    tuner.search(verbose=0)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
