"""From config to objects; the only caller of Hydra's ``instantiate``."""

import json
import math
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from inspect import isclass, signature
from pathlib import Path
from typing import Any

from hydra.errors import InstantiationException
from hydra.utils import instantiate

from experiments.config.crosschecks import check_class_count, check_input_shape
from experiments.config.outputs import check_outputs
from experiments.config.targets import NOT_ARGUMENTS, check_target, locate, measures_outputs, targets
from experiments.data.division import Division
from experiments.data.labels import Encoding
from experiments.data.splits import make_splits
from experiments.errors import UserError, one_line, refused_layers
from experiments.pretrained import vectors
from experiments.types import Held, ModelRegistry, Objective, RunResult, Splits, Tracker, Trainer

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
        raise refused_layers(f"{key}: {one_line(error.__cause__ or error)}") from error


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
        _build("data.source", data["source"]),
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
    built: Trainer = _build("trainer", {**node, "epochs": node["epochs"] + (fine_tuning or {"epochs": 0})["epochs"]})
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
    """Build and compile the model."""
    from experiments.models.functional import call_once
    from experiments.models.weights_file import load_weights_file

    node = config["model"]
    check_class_count(config["task"], len(data.class_names), data_name=data.name)
    check_outputs(node, config["task"], len(data.class_names) or None, data_name=data.name)
    found = {**_found_facts(node, data), **vectors(config)}
    built = _build("model", node, preprocessing=_preprocessing(config, data), **found)
    if not isinstance(data.train.inputs, Mapping):
        call_once(built, input_shape=data.train.inputs.shape[1:], input_dtype=data.train.inputs.dtype.name)
    _check_forms(config, built)
    if config["initial_weights"]:
        load_weights_file(built, config["initial_weights"], key="initial_weights")
    _compile(built, config["task"], optimizer=_optimizer(config, data), logits=config["model"]["logits"])
    _try_measures(config, built, data)
    return built


def _try_measures(config: Config, model: Any, data: Splits) -> None:
    """Raise ``UserError`` where the loss or a metric cannot measure the model's outputs."""
    from experiments.trainers.dry_call import dry_call

    metrics, eagerly = (config["task"].get("metrics") or {}).items(), config["trainer"].get("run_eagerly", False)
    nodes = {"task.loss": config["task"]["loss"], **{f"task.metrics.{name}": node for name, node in metrics if node}}
    for key, node in nodes.items():
        what = f"{key}: {node['_target_']}"
        dry_call(_measure(key, node), model, data.train.labels, what=what, eagerly=eagerly)


def _check_forms(config: Config, built: Any) -> None:
    """Refuse to keep a model in a form that cannot be loaded again."""
    from experiments.models.functional import as_functional

    if (config.get("saving") or {}).get("h5") and getattr(as_functional(built), "outputs", None) is None:
        raise UserError(
            f"saving=h5 cannot hold {type(built).__name__}: no .h5 file of such a class can be loaded again. Choose "
            "saving=keras or saving=saved_model."
        )


def _optimizer(config: Config, data: Splits) -> Any:
    """Build the optimizer, with its learning rate under the schedule if there is one."""
    node, schedule = config["optimizer"], config["schedule"]
    if not schedule:
        return _build("optimizer", node)
    steps = schedule["steps_per_epoch"] or math.ceil(len(data.train) / config["trainer"]["batch_size"])
    return _build("optimizer", node, learning_rate=_build("schedule", {**schedule, "steps_per_epoch": steps}))


def _preprocessing(config: Config, data: Splits) -> Any:
    """Build the first layers; one that adapts, such as Normalization, sees the training split only."""
    layer = _build("data.preprocessing", config["data"]["preprocessing"])
    if hasattr(layer, "adapt"):
        from experiments.trainers.pipeline.feed import adapted_to

        layer.adapt(adapted_to(data.train.inputs))
    layers = _augmentation_layers(config) if config["augmentation"]["place"] == "model" else []
    return _stacked(layer, *layers, name="preprocessing") if layers else layer


def augmentation(config: Config) -> Any:
    """Build the layer that changes training batches outside the model; ``None`` where there is nothing to do."""
    layers = _augmentation_layers(config) if config["augmentation"]["place"] == "pipeline" else []
    return _stacked(*layers, name="augmentation") if layers else None


def _augmentation_layers(config: Config) -> list[Any]:
    nodes = (config["augmentation"]["layers"] or {}).items()
    return [_build(f"augmentation.layers.{name}", node) for name, node in nodes if node]


def _stacked(*layers: Any, name: str) -> Any:
    import keras

    return keras.Sequential(layers, name=name)


def _found_facts(node: Config, data: Splits) -> dict[str, Any]:
    """Return those arguments of a model that its config leaves to the data."""
    inputs = data.train.inputs
    found: dict[str, Any] = {"outputs": len(data.class_names)}
    if not isinstance(inputs, Mapping):
        found |= {"input_shape": inputs.shape[1:], "input_dtype": inputs.dtype.name}
    return {name: value for name, value in found.items() if name in node and node[name] is None}


def finished_model(config: Config, trained: Any) -> Any:
    """Return the model to keep, with the trained one's weights: a Functional model where possible, with probabilities.

    Returns:
        The trained model itself where it is that already.
    """
    from experiments.models.functional import as_functional
    from experiments.models.probabilities import with_probabilities

    kept = as_functional(trained)
    if config["model"]["logits"]:
        kept = with_probabilities(kept, config["task"]["output_activation"])
    if kept is not trained:
        _compile(kept, config["task"], optimizer=trained.optimizer, logits=False)
    return kept


def _compile(model: Any, task: Config, *, optimizer: Any, logits: bool) -> None:
    """Compile a model whose loss takes logits or probabilities; its metrics see probabilities in either case."""
    from experiments.trainers.probability_metric import ProbabilityMetric

    metrics = (task.get("metrics") or {}).items()
    nodes = {"task.loss": _told_of_logits(task["loss"], logits)}
    nodes |= {f"task.metrics.{name}": _told_of_logits(metric, False) for name, metric in metrics if metric}
    loss, *measured = (_measure(key, node) for key, node in nodes.items())
    if logits:
        measured = [ProbabilityMetric(metric, task["output_activation"]) for metric in measured]
    model.compile(optimizer=optimizer, loss=loss, metrics=measured)
    if logits or not all(_is_class_of_keras(locate(key, node["_target_"])) for key, node in nodes.items()):
        model.get_compile_config = dict  # what is saved then loads where these are not known, uncompiled


def _told_of_logits(node: Config, logits: bool) -> Config:
    """Return a loss or a metric with the argument ``from_logits``, where it has one, as the outputs are."""
    return {**node, "from_logits": logits} if "from_logits" in node else node


def _measure(key: str, node: Config) -> Any:
    """Build a loss or a metric; a plain function of labels and outputs is one already."""
    function = locate(key, node["_target_"])
    if not measures_outputs(key, function):
        return _build(key, node)
    from experiments.trainers.own_metric import own_metric

    check_target(key, node)
    options = {name: value for name, value in node.items() if name in signature(function).parameters}
    if node.get("from_logits") and "from_logits" not in options:
        raise UserError(f"{key}: {node['_target_']} needs an argument from_logits to be used with model.logits=true.")
    if key == "task.loss":
        return partial(function, **options) if options else function
    return own_metric(function, name=node["name"], **{k: v for k, v in options.items() if k != "name"})


def _is_class_of_keras(target: Any) -> bool:
    return isclass(target) and target.__module__.startswith("keras.")


def saving(config: Config) -> list[Callable[[Any, Path, Held], Path]]:
    """Build the forms in which the model is kept."""
    return [_build(f"saving.{name}", node) for name, node in (config.get("saving") or {}).items() if node]


def pictures(config: Config) -> dict[str, Callable[[RunResult], Any]]:
    """Build the pictures by name, in the order of their nodes."""
    return {name: _build(f"pictures.{name}", node) for name, node in (config.get("pictures") or {}).items() if node}


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

    built = _build(key, node)
    if not isinstance(built, keras.callbacks.Callback):
        kind = type(built).__name__
        raise UserError(f"{key}: {node['_target_']} makes a {kind}, which is no keras.callbacks.Callback.")
    return built


def with_fine_tuning(config: Config, model: Any, callbacks: list[Any]) -> list[Any]:
    """Return the callbacks with the one among them that unfreezes the model's frozen layers, if that is wanted."""
    if not config["fine_tuning"]:
        return callbacks
    from experiments.callbacks.fine_tuning import with_fine_tuning

    return with_fine_tuning(_build("fine_tuning", config["fine_tuning"]), model, callbacks)
