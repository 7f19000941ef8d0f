"""Values that are right by themselves and wrong together."""

from collections.abc import Mapping
from typing import Any

from experiments.errors import UserError, did_you_mean

_NEEDED = (
    "seed",
    "data.kind",
    "data.class_names",
    "data.source",
    "data.preprocessing",
    "model.accepts",
    "model.dropout",
    "model.l2",
    "optimizer.learning_rate",
    "task.labels",
    "task.loss",
    "objective.metric",
    "objective.mode",
    "trainer.batch_size",
    "tracking",
    "registry",
)
_ENCODING_OF_LOSS = {
    "keras.losses.SparseCategoricalCrossentropy": "sparse",
    "keras.losses.CategoricalCrossentropy": "one_hot",
}


def check_together(config: Mapping[str, Any]) -> None:
    """Raise ``UserError`` for the first values of a resolved config that do not fit each other."""
    _parts_are_there(config)
    _run_name_is_a_name(str(config["run_name"]))
    _model_fits_data(config["model"], config["data"])
    _loss_fits_labels(config["task"])
    _classes_have_names(config["data"])
    _objective_is_logged(config["objective"], config["task"])
    _checkpoint_is_loadable(config.get("callbacks") or {})


def _parts_are_there(config: Mapping[str, Any]) -> None:
    for key in _NEEDED:
        node: Any = config
        for name in key.split("."):
            node = node.get(name) if isinstance(node, Mapping) else None
        if node is None:
            raise UserError(f"{key} is missing; every run needs it. Leave out ~{key} or {key}=null.")


def _run_name_is_a_name(name: str) -> None:
    if not name or "/" in name or name.strip(".") == "":
        raise UserError(f"run_name must be usable as the name of a folder, got {name!r}.")


def _model_fits_data(model: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    if data["kind"] not in model["accepts"]:
        raise UserError(
            f"model={model['name']} takes {' or '.join(model['accepts'])} data, but data={data['name']} "
            f"is {data['kind']} data of shape {data['input_shape']}. "
            "Choose another model, such as model=mlp, or other data."
        )


def _loss_fits_labels(task: Mapping[str, Any]) -> None:
    wanted = _ENCODING_OF_LOSS.get(task["loss"]["_target_"])
    if wanted and wanted != task["labels"]:
        raise UserError(
            f"task.loss {task['loss']['_target_']} expects {wanted} labels, got task.labels={task['labels']}. "
            "Choose both together: task=classification or task=classification_one_hot."
        )


def _classes_have_names(data: Mapping[str, Any]) -> None:
    if len(data["class_names"]) != data["num_classes"]:
        raise UserError(
            f"data.class_names has {len(data['class_names'])} names for data.num_classes={data['num_classes']}."
        )


def _objective_is_logged(objective: Mapping[str, Any], task: Mapping[str, Any]) -> None:
    names = ["loss", *(metric["name"] for metric in (task.get("metrics") or {}).values() if metric)]
    available = [*names, *(f"val_{name}" for name in names)]
    if objective["metric"] not in available:
        hint = did_you_mean(str(objective["metric"]), available)
        raise UserError(
            f"objective.metric={objective['metric']} is logged by no metric. Available: {', '.join(available)}.{hint}"
        )
    if objective["metric"] in {"loss", "val_loss"} and objective["mode"] != "min":
        raise UserError(
            f"objective.metric={objective['metric']} is better the lower it is: set objective.mode=min too."
        )


def _checkpoint_is_loadable(callbacks: Mapping[str, Any]) -> None:
    checkpoint = callbacks.get("model_checkpoint")
    if not checkpoint:
        return
    ending = ".weights.h5" if checkpoint["save_weights_only"] else ".keras"
    if not str(checkpoint["filepath"]).endswith(ending):
        raise UserError(
            f"callbacks.model_checkpoint.filepath must end in {ending} with "
            f"save_weights_only={str(checkpoint['save_weights_only']).lower()}, got {checkpoint['filepath']}."
        )
