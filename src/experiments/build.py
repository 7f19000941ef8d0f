"""From config to objects; the only caller of Hydra's ``instantiate``."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from hydra.errors import InstantiationException
from hydra.utils import instantiate

from experiments.config.targets import NOT_ARGUMENTS, check_target, targets
from experiments.data.splits import make_splits
from experiments.errors import UserError
from experiments.types import ModelRegistry, Objective, Splits, Tracker, Trainer

Config = Mapping[str, Any]


def _build(key: str, node: Config, **more: Any) -> Any:
    """Build what ``node`` describes, after holding its arguments against the target's signature."""
    for name, inner in targets(node, key):
        check_target(name, inner)
    left_out = NOT_ARGUMENTS.get(key, set()) | set(more)
    arguments = {name: value for name, value in node.items() if name not in left_out}
    try:
        return instantiate(arguments, _convert_="all", **more)
    except InstantiationException as error:
        if isinstance(error.__cause__, UserError):
            raise error.__cause__ from None
        raise UserError(f"{key}: {error.__cause__ or error}") from error


def objective(config: Config) -> Objective:
    """Build the objective."""
    return Objective(**config["objective"])


def splits(config: Config) -> Splits:
    """Load and divide the data; TensorFlow is not needed.

    Raises:
        UserError: a file is missing or altered, a split is empty or smaller than a batch.
    """
    made = _splits(json.dumps(config["data"], sort_keys=True), config["task"]["labels"])
    if config["trainer"]["batch_size"] > len(made.train):
        raise UserError(
            f"trainer.batch_size={config['trainer']['batch_size']} is larger than the training split of "
            f"{len(made.train)} examples. Choose at most trainer.batch_size={len(made.train)}."
        )
    return made


@lru_cache(maxsize=1)
def _splits(data_json: str, labels: Literal["sparse", "one_hot"]) -> Splits:
    """Keep the last splits: the trials of a sweep mostly share them."""
    data = json.loads(data_json)
    return make_splits(
        _build("data.source", data["source"]),
        name=data["name"],
        kind=data["kind"],
        class_names=data["class_names"],
        labels=labels,
        validation_split=data["validation_split"],
        split_seed=data["split_seed"],
        limit=data["limit"],
    )


def trainer(config: Config) -> Trainer:
    """Build the trainer."""
    built: Trainer = _build("trainer", config["trainer"])
    return built


def tracker(config: Config) -> Tracker:
    """Build the tracker; nothing is written yet."""
    built: Tracker = _build("tracking", config["tracking"])
    return built


def registry(config: Config) -> ModelRegistry:
    """Build the registry."""
    built: ModelRegistry = _build("registry", config["registry"])
    return built


def model(config: Config, data: Splits) -> Any:
    """Build and compile the model; layers that adapt, such as Normalization, see the training split only."""
    preprocessing = _build("data.preprocessing", config["data"]["preprocessing"])
    if hasattr(preprocessing, "adapt"):
        preprocessing.adapt(data.train.inputs)
    task = config["task"]
    built = _build("model", config["model"], preprocessing=preprocessing)
    built.compile(
        optimizer=_build("optimizer", config["optimizer"]),
        loss=_build("task.loss", task["loss"]),
        metrics=[
            _build(f"task.metrics.{name}", metric) for name, metric in (task.get("metrics") or {}).items() if metric
        ],
    )
    return built


def callbacks(config: Config) -> list[Any]:
    """Build the callbacks in the order of their nodes."""
    return [_build(f"callbacks.{name}", node) for name, node in (config.get("callbacks") or {}).items() if node]
