"""What a model puts out, held against the task, the classes and the loss."""

import re
from collections.abc import Mapping
from typing import Any

from experiments.config.keras_names import NAMES
from experiments.errors import UserError

_OF_EACH = ("sigmoid", "hard_sigmoid", "sparse_sigmoid")  # a probability from each output by itself
_OF_ALL = ("softmax", "sparsemax")  # of one output always 1
_SCOPE = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.>-]*")  # of TensorFlow, without the slash that Keras refuses


def check_outputs(model: Mapping[str, Any], task: Mapping[str, Any], count: int | None, *, data_name: str) -> None:
    """Raise ``UserError`` where the number of outputs is not that of the task and its classes.

    Args:
        model: node of the config.
        task: node of the config.
        count: of the classes; ``None`` where only the data can tell, or there are none.
        data_name: of the data set.
    """
    wanted, outputs = task["outputs"], model.get("outputs")
    if task["target"] == "classes" and wanted != 1 and count is not None:
        if wanted not in (None, count):
            raise UserError(f"task.outputs={wanted} does not fit data={data_name}, which has {count} classes.")
        wanted = count
    if None not in (wanted, outputs) and wanted != outputs:
        what = "a number" if task["target"] == "number" else f"the {count or 'two'} classes of data={data_name}"
        raise UserError(
            f"model.outputs={outputs} does not fit task={task['name']}, which needs {wanted} for {what}. Leave out "
            "model.outputs: it follows the task."
        )


def check_probabilities(model: Mapping[str, Any], task: Mapping[str, Any]) -> None:
    """Raise ``UserError`` where outputs and loss disagree on logits, or the model's name cannot be one."""
    if not _SCOPE.fullmatch(str(model["name"])):
        raise UserError(
            f"model.name must be letters, digits, '_', '.' and '-', a letter or digit first, got {model['name']!r}."
        )
    logits, activation = bool(model["logits"]), model.get("output_activation")
    if task["target"] == "classes" and "output_activation" in model and logits != (activation in (None, "linear")):
        wanted = "linear" if logits else f"{task.get('output_activation')}, which gives probabilities"
        raise UserError(
            f"model.logits={str(logits).lower()} needs model.output_activation={wanted}; got {activation or 'null'}. "
            f"Leave out model.output_activation, or set model.logits={str(not logits).lower()}."
        )
    if task["target"] == "classes":
        key, giving = ("task", task.get("output_activation")) if logits else ("model", activation)
        _check_gives_probabilities(f"{key}.output_activation", giving, is_alone=task["outputs"] == 1)
    of_loss = task["loss"].get("from_logits", logits)
    if of_loss != logits:
        raise UserError(
            f"task.loss.from_logits={str(of_loss).lower()}, but model.logits={str(logits).lower()}. Set model.logits="
            f"{str(of_loss).lower()} alone: the loss follows it."
        )


def _check_gives_probabilities(key: str, activation: Any, *, is_alone: bool) -> None:
    wanted = _OF_EACH if is_alone else (*_OF_ALL, *_OF_EACH)
    if activation in NAMES["activation"] and activation not in wanted:
        outputs = "one output" if is_alone else "an output for each class"
        raise UserError(
            f"{key}={activation} makes no probabilities of {outputs}. Leave it out: it follows the task. Others that "
            f"do: {', '.join(wanted)}."
        )
