"""The model, compiled, and what is kept of it."""

import math
from collections.abc import Mapping
from typing import Any

from experiments.builders.measures import compile_model, try_measures
from experiments.builders.node import Config, build_node
from experiments.builders.preprocessing import preprocessing
from experiments.config.crosschecks import check_class_count
from experiments.config.outputs import check_outputs
from experiments.errors import UserError
from experiments.pretrained import vectors
from experiments.types import Splits, held, take

_EXAMPLES = 4  # that tell whether a model is the same when it is loaded


def model(config: Config, data: Splits) -> Any:
    """Build and compile the model."""
    from experiments.models.functional import call_once
    from experiments.models.weights_file import load_weights_file

    node = config["model"]
    check_class_count(config["task"], len(data.class_names), data_name=data.name)
    check_outputs(node, config["task"], len(data.class_names) or None, data_name=data.name)
    found = {**_found_facts(node, data), **vectors(config)}
    built = build_node("model", node, preprocessing=preprocessing(config, data), **found)
    if not isinstance(data.train.inputs, Mapping):
        call_once(built, input_shape=data.train.inputs.shape[1:], input_dtype=data.train.inputs.dtype.name)
    _check_forms(config, built, data)
    if config["initial_weights"]:
        load_weights_file(built, config["initial_weights"], key="initial_weights")
    compile_model(built, config["task"], optimizer=_optimizer(config, data), logits=config["model"]["logits"])
    try_measures(config, built, data)
    return built


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
        compile_model(kept, config["task"], optimizer=trained.optimizer, logits=False)
    return kept


def _found_facts(node: Config, data: Splits) -> dict[str, Any]:
    """Return those arguments of a model that its config leaves to the data."""
    inputs = data.train.inputs
    found: dict[str, Any] = {"outputs": len(data.class_names)}
    if not isinstance(inputs, Mapping):
        found |= {"input_shape": inputs.shape[1:], "input_dtype": inputs.dtype.name}
    return {name: value for name, value in found.items() if name in node and node[name] is None}


def _check_forms(config: Config, built: Any, data: Splits) -> None:
    """Refuse to keep a model in a form that cannot be loaded again."""
    from experiments.models.functional import as_functional
    from experiments.saving.loadable import check_loadable

    forms = {name for name, node in (config.get("saving") or {}).items() if node}
    kept = as_functional(built, quietly=True)
    if "h5" in forms and getattr(kept, "outputs", None) is None:
        raise UserError(
            f"saving=h5 cannot hold {type(built).__name__}: no .h5 file of such a class can be loaded again. Choose "
            "saving=keras or saving=saved_model."
        )
    check_loadable(kept, forms, held(take(data.train.inputs, slice(_EXAMPLES))))


def _optimizer(config: Config, data: Splits) -> Any:
    """Build the optimizer, with its learning rate under the schedule if there is one."""
    node, schedule = config["optimizer"], config["schedule"]
    if not schedule:
        return build_node("optimizer", node)
    steps = schedule["steps_per_epoch"] or math.ceil(len(data.train) / config["trainer"]["batch_size"])
    return build_node("optimizer", node, learning_rate=build_node("schedule", {**schedule, "steps_per_epoch": steps}))
