"""What is to be built is a node with a ``_target_``; a name or a number in its place is told apart here."""

from collections.abc import Iterator, Mapping
from typing import Any

from experiments.errors import UserError

_BUILT = ("data.source", "data.preprocessing", "model", "optimizer", "task.loss", "trainer", "tracking", "registry")
_EACH_BUILT = ("callbacks", "task.metrics", "augmentation.layers", "saving", "pictures")
_OF_LAYERS = "experiments.models.sequential.sequential"
_EXAMPLES = {
    "callbacks": "keras.callbacks.EarlyStopping",
    "task.loss": "keras.losses.MeanSquaredError",
    "task.metrics": "keras.metrics.MeanAbsoluteError",
    "model.layers": "keras.layers.Dense",
}


def check_nodes(config: Mapping[str, Any]) -> None:
    """Raise ``UserError`` for the first part of a resolved config that is no node with a ``_target_``."""
    for key in _BUILT:
        _check_node(key, value_at(config, key))
    named = [*_EACH_BUILT, *(["model.layers"] if config["model"]["_target_"] == _OF_LAYERS else [])]
    for key in named:
        for name, node in _named_nodes(key, value_at(config, key)):
            if node:  # null, false and {} leave it out
                _check_node(f"{key}.{name}", node, like=_EXAMPLES.get(key))
    for name, node in (config.get("callbacks") or {}).items():
        if node and str(node["_target_"]).endswith(".LearningRateScheduler"):
            _check_node(f"callbacks.{name}.schedule", node.get("schedule"), like="experiments.callbacks.decay.step")


def value_at(config: Mapping[str, Any], key: str) -> Any:
    """Return the value of a dotted key; ``None`` where there is none."""
    node: Any = config
    for name in key.split("."):
        node = node.get(name) if isinstance(node, Mapping) else None
    return node


def _named_nodes(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if key == "model.layers" and value is None:
        raise UserError("model.layers must hold layers by their names, got null. Leave one out: ~model.layers.NAME.")
    if not isinstance(value, Mapping | None):
        raise UserError(f"{key} must hold nodes by their names, got {value!r}. Set one: +{key}.NAME._target_=PATH.")
    yield from (value or {}).items()


def _check_node(key: str, node: Any, *, like: str | None = None) -> None:
    if isinstance(node, Mapping) and node.get("_target_"):
        return
    if isinstance(node, str) and "." in node:
        raise UserError(f"{key} must be a node with a _target_, got {node!r}. Write {key}._target_={node}.")
    example = like or _EXAMPLES.get(key)
    such = f", such as {key}._target_={example}" if example else ""
    given = "none" if isinstance(node, Mapping) else repr(node)
    raise UserError(f"{key} must be a node with a _target_, got {given}. Write {key}._target_=PACKAGE.NAME{such}.")
