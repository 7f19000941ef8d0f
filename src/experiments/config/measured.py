"""What is measured in each epoch, and who goes by it: the objective, and the callbacks that monitor something."""

from collections.abc import Mapping, Sequence
from typing import Any

from experiments.errors import UserError, did_you_mean

_KNOWN = ("keras.", "tensorflow.", "experiments.")
_MODES = {"experiments.callbacks.target_reached.TargetReached": ("max", "min")}


def named_metrics(metrics: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the nodes of metrics, each with a name of its own: that of its node where it has none."""
    if not isinstance(metrics, Mapping):
        return metrics
    return {key: {"name": key, **node} if isinstance(node, Mapping) and node else node for key, node in metrics.items()}


def check_measured(config: Mapping[str, Any]) -> None:
    """Raise ``UserError`` where something is measured wrongly, or the objective or a callback goes by what is not."""
    _classes_are_counted_as_labelled(config["task"])
    _objective_is_measured(config["objective"], config["task"], config["data"])
    _monitors_are_measured(config.get("callbacks") or {}, _measured(config["task"], config["data"]))


def _classes_are_counted_as_labelled(task: Mapping[str, Any]) -> None:
    """Refuse what Keras would measure without a word, against labels or outputs of another kind: to nonsense."""
    metrics = {f"task.metrics.{name}": node for name, node in (task.get("metrics") or {}).items() if node}
    for key, node in {"task.loss": task["loss"], **metrics}.items():
        module, _, name = str(node["_target_"]).rpartition(".")
        if "Categorical" not in name or not module.startswith("keras."):
            continue
        wanted = "sparse" if name.startswith("Sparse") else "one_hot"
        if task["labels"] != wanted or task["outputs"] == 1:
            has = f"task.labels={task['labels']}" + " and one output" * (task["outputs"] == 1)
            raise UserError(
                f"{key}: {name} is for {wanted} labels and an output for each class, but task={task['name']} has {has}."
                f" Choose another in its place: {key}._target_=PATH."
            )


def _measured(task: Mapping[str, Any], data: Mapping[str, Any]) -> list[str]:
    names = ["loss", *(metric["name"] for metric in (task.get("metrics") or {}).values() if metric)]
    has_validation = data["validation_split"] or data["folds"]
    return [*names, *(f"val_{name}" for name in names if has_validation)]


def _objective_is_measured(objective: Mapping[str, Any], task: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    metric, measured = str(objective["metric"]), _measured(task, data)
    if metric not in measured and metric.removeprefix("val_") in measured:
        raise UserError(
            f"objective.metric={metric} is not measured with data.validation_split=0, which keeps no examples out. Set "
            f"objective.metric={metric.removeprefix('val_')}, or another data.validation_split."
        )
    if metric not in measured:
        hint = did_you_mean(metric, measured)
        raise UserError(f"objective.metric={metric} is logged by no metric. Available: {', '.join(measured)}.{hint}")
    if metric in {"loss", "val_loss"} and objective["mode"] != "min":
        raise UserError(f"objective.metric={metric} is better the lower it is: set objective.mode=min too.")


def _monitors_are_measured(callbacks: Mapping[str, Any], measured: Sequence[str]) -> None:
    nodes = {name: node for name, node in callbacks.items() if node}
    known = {name: node for name, node in nodes.items() if str(node["_target_"]).startswith(_KNOWN)}
    available = [*measured, "learning_rate"]
    for name, node in known.items():
        monitor, modes = node.get("monitor"), _MODES.get(node["_target_"], ("auto", "max", "min"))
        if "monitor" in node and monitor not in available and known == nodes:  # your own may add to the logs
            hint = did_you_mean(str(monitor), available)
            raise UserError(
                f"callbacks.{name}.monitor={monitor} is logged by no metric. Available: {', '.join(available)}.{hint}"
            )
        if "monitor" in node and "mode" in node and node["mode"] not in modes:
            hint = did_you_mean(str(node["mode"]), modes)
            raise UserError(f"callbacks.{name}.mode must be {' or '.join(modes)}, got {node['mode']!r}.{hint}")
