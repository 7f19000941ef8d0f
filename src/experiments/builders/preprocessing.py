"""The layers that raw examples pass first, in the model or before it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from experiments.builders.node import Config, build_node
from experiments.errors import UserError
from experiments.graph_names import graph_name
from experiments.types import Splits

_NO_WORDS = 2  # in the vocabulary: padding and the unknown


@contextmanager
def _in_32_bits() -> Iterator[None]:
    """Let layers take raw numbers as they come: in 16 bits the year 1977 would be 1976, or 70,000 infinite."""
    import keras

    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)


@_in_32_bits()
def preprocessing(config: Config, data: Splits) -> Any:
    """Build the first layers; one that adapts, such as Normalization, sees the training split only."""
    layer = build_node("data.preprocessing", config["data"]["preprocessing"])
    for number, of_column in enumerate(getattr(layer, "preprocessors", {}).values()):
        of_column.name = graph_name(of_column.name, number)  # before it adapts: variables are named after it
    if hasattr(layer, "adapt"):
        from experiments.trainers.pipeline.feed import adapted_to

        layer.adapt(adapted_to(data.train.inputs))
        if hasattr(layer, "vocabulary_size") and layer.vocabulary_size() <= _NO_WORDS:
            raise UserError(f"the training texts of data={data.name} hold no word, so there is nothing to learn from.")
        _check_statistics(getattr(layer, "preprocessors", {"": layer}), data.name)
    layers = _augmentation_layers(config) if config["augmentation"]["place"] == "model" else []
    return _stacked(layer, *layers, name="preprocessing") if layers else layer


@_in_32_bits()
def augmentation(config: Config) -> Any:
    """Build the layer that changes training batches outside the model; ``None`` where there is nothing to do."""
    layers = _augmentation_layers(config) if config["augmentation"]["place"] == "pipeline" else []
    return _stacked(*layers, name="augmentation") if layers else None


def _check_statistics(layers: Mapping[str, Any], data_name: str) -> None:
    """Refuse numbers whose mean or variance is none in float32: one such column makes NaN of all that is learnt."""
    for column, layer in layers.items():
        if not all(np.isfinite(variable.numpy()).all() for variable in layer.weights):
            raise UserError(
                f"the training examples of data={data_name} hold numbers{f' in column {column!r}' if column else ''} "
                "that are too large: their variance is no float32. Divide them by a power of ten."
            )


def _augmentation_layers(config: Config) -> list[Any]:
    nodes = (config["augmentation"]["layers"] or {}).items()
    return [build_node(f"augmentation.layers.{name}", node) for name, node in nodes if node]


def _stacked(*layers: Any, name: str) -> Any:
    import keras

    return keras.Sequential(layers, name=name)
