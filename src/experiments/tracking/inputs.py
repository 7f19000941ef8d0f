"""The data that a run was given, as MLflow describes dataset inputs."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from experiments.stored import Stored, StoredInputs
from experiments.types import Array, Held, Inputs, Split, Splits, columns_of, held


def describe_inputs(splits: Splits) -> dict[str, dict[str, Any]]:
    """Return what MLflow keeps of each split, by its context, but of an empty one.

    The digests are those that we have computed already.
    """
    contexts = {"train": "training", "validation": "validation", "test": "test"}
    return {context: _described(splits, role) for role, context in contexts.items() if len(getattr(splits, role))}


def _described(splits: Splits, role: str) -> dict[str, Any]:
    from mlflow.data.code_dataset_source import CodeDatasetSource
    from mlflow.data.numpy_dataset import from_numpy

    split: Split = getattr(splits, role)
    source = CodeDatasetSource(tags={"origin": splits.origin})
    name, digest = f"{splits.name}-{role}", splits.digests[role][:36]
    described: dict[str, Any] = from_numpy(
        _like(split.inputs), source, targets=split.labels, name=name, digest=digest
    ).to_dict()
    return described


def _like(inputs: Inputs) -> Held:
    """Return held inputs as they are, and for stored ones arrays of their shape and type that take no memory."""
    if not isinstance(inputs, Stored):
        return held(inputs)
    columns = {name: _blank(column) for name, column in columns_of(inputs).items()}
    return columns if isinstance(inputs, Mapping) else columns[""]


def _blank(column: Array | StoredInputs) -> Array:
    one = np.array("", dtype=object) if column.dtype.hasobject else np.zeros((), column.dtype)
    return np.broadcast_to(one, column.shape)
