"""What a model is judged by: its loss and metrics, built, tried and compiled."""

from functools import partial
from inspect import isclass, signature
from typing import Any

from experiments.builders.node import Config, build_node
from experiments.config.targets import check_target, locate, measures_outputs
from experiments.errors import UserError
from experiments.types import Splits


def compile_model(model: Any, task: Config, *, optimizer: Any, logits: bool) -> None:
    """Compile a model whose loss takes logits or probabilities; its metrics see probabilities in either case."""
    from experiments.trainers.probability_metric import ProbabilityMetric

    nodes = _nodes(task, logits=logits)
    loss, *measured = (_measure(key, node) for key, node in nodes.items())
    if logits:
        measured = [ProbabilityMetric(metric, task["output_activation"]) for metric in measured]
    model.compile(optimizer=optimizer, loss=loss, metrics=measured)
    if logits or not all(_is_class_of_keras(locate(key, node["_target_"])) for key, node in nodes.items()):
        model.get_compile_config = dict  # what is saved then loads where these are not known, uncompiled


def try_measures(config: Config, model: Any, data: Splits) -> None:
    """Raise ``UserError`` where the loss or a metric cannot measure the model's outputs."""
    from experiments.trainers.dry_call import dry_call

    eagerly = config["trainer"].get("run_eagerly", False)
    for key, node in _nodes(config["task"], logits=config["model"]["logits"]).items():
        what = f"{key}: {node['_target_']}"
        dry_call(_measure(key, node), model, data.train.labels, what=what, eagerly=eagerly)


def _nodes(task: Config, *, logits: bool) -> dict[str, Config]:
    """Return the nodes of the loss, first, and of the metrics by their keys."""
    metrics = (task.get("metrics") or {}).items()
    measured = {f"task.metrics.{name}": _told_of_logits(metric, False) for name, metric in metrics if metric}
    return {"task.loss": _told_of_logits(task["loss"], logits), **measured}


def _told_of_logits(node: Config, logits: bool) -> Config:
    """Return a loss or a metric with the argument ``from_logits``, where it has one, as the outputs are."""
    return {**node, "from_logits": logits} if "from_logits" in node else node


def _measure(key: str, node: Config) -> Any:
    """Build a loss or a metric; a plain function of labels and outputs is one already."""
    function = locate(key, node["_target_"])
    if not measures_outputs(key, function):
        return build_node(key, node)
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
