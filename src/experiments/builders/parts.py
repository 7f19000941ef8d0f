"""What a run works with beside its model: data, trainer, callbacks, and where things are kept."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from experiments.builders.node import Config, build_node
from experiments.config.crosschecks import check_input_shape
from experiments.data.division import Division
from experiments.data.labels import Encoding
from experiments.data.splits import make_splits
from experiments.errors import UserError
from experiments.types import Held, ModelRegistry, Objective, RunResult, Splits, Tracker, Trainer


def objective(config: Config) -> Objective:
    """Build the objective."""
    return Objective(**config["objective"])


def splits(config: Config) -> Splits:
    """Load and divide the data; TensorFlow is not needed.

    Raises:
        UserError: a file is missing or altered, its examples are not of the shape that the config says, a split is
            empty or smaller than a batch.
    """
    made = _splits(json.dumps(config["data"], sort_keys=True), config["task"]["labels"])
    if not isinstance(made.train.inputs, Mapping):
        check_input_shape(config["data"], made.train.inputs.shape[1:])
    if config["trainer"]["batch_size"] > len(made.train):
        raise UserError(
            f"trainer.batch_size={config['trainer']['batch_size']} is larger than the training split of "
            f"{len(made.train)} examples. Choose at most trainer.batch_size={len(made.train)}."
        )
    return made


@lru_cache(maxsize=1)
def _splits(data_json: str, labels: Encoding) -> Splits:
    """Keep the last splits: the trials of a sweep mostly share them."""
    data = json.loads(data_json)
    return make_splits(
        build_node("data.source", data["source"]),
        name=data["name"],
        kind=data["kind"],
        target=data["target"],
        unit=data.get("unit") or "",
        class_names=data["class_names"] or (),
        labels=labels,
        division=Division(
            size=data["validation_split"],
            by=data["split_by"],
            seed=data["split_seed"],
            folds=data["folds"],
            fold=data["fold"],
        ),
        limit=data["limit"],
    )


def trainer(config: Config) -> Trainer:
    """Build the trainer."""
    node, fine_tuning = config["trainer"], config["fine_tuning"]
    epochs = node["epochs"] + (fine_tuning["epochs"] if fine_tuning else 0)
    built: Trainer = build_node("trainer", {**node, "epochs": epochs})
    return built


def tracker(config: Config) -> Tracker:
    """Build the tracker; nothing is written yet."""
    built: Tracker = build_node("tracking", config["tracking"])
    return built


def registry(config: Config) -> ModelRegistry:
    """Build the registry."""
    built: ModelRegistry = build_node("registry", config["registry"])
    return built


def callbacks(config: Config, data: Splits) -> list[Any]:
    """Build the callbacks in the order of their nodes; those that show examples are given the data."""
    nodes = (config.get("callbacks") or {}).items()
    built = [_callback(f"callbacks.{name}", node) for name, node in nodes if node]
    for callback in built:
        if hasattr(callback, "set_splits"):
            callback.set_splits(data)
    return built


def _callback(key: str, node: Config) -> Any:
    import keras

    built = build_node(key, node)
    if not isinstance(built, keras.callbacks.Callback):
        kind = type(built).__name__
        raise UserError(f"{key}: {node['_target_']} makes a {kind}, which is no keras.callbacks.Callback.")
    if isinstance(built, keras.callbacks.LearningRateScheduler) and not callable(built.schedule):
        raise UserError(
            f"{key}.schedule: {node['schedule']['_target_']} makes a {type(built.schedule).__name__}; a function of "
            "epoch and rate is wanted, as experiments.callbacks.decay.step makes it."
        )
    return built


def with_fine_tuning(config: Config, model: Any, callbacks: list[Any]) -> list[Any]:
    """Return the callbacks with the one among them that unfreezes the model's frozen layers, if that is wanted."""
    if not config["fine_tuning"]:
        return callbacks
    from experiments.callbacks.fine_tuning import with_fine_tuning

    return with_fine_tuning(build_node("fine_tuning", config["fine_tuning"]), model, callbacks)


def saving(config: Config) -> list[Callable[[Any, Path, Held], Path]]:
    """Build the forms in which the model is kept."""
    return [build_node(f"saving.{name}", node) for name, node in (config.get("saving") or {}).items() if node]


def pictures(config: Config) -> dict[str, Callable[[RunResult], Any]]:
    """Build the pictures by name, in the order of their nodes."""
    return {name: build_node(f"pictures.{name}", node) for name, node in (config.get("pictures") or {}).items() if node}
