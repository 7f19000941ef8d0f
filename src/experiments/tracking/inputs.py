"""The data that a run was given, as MLflow describes dataset inputs."""

from typing import Any, Literal

from experiments.types import Split, Splits


def describe_inputs(splits: Splits) -> dict[str, dict[str, Any]]:
    """Return what MLflow keeps of each split, by its context; the digests are those that we have computed already."""
    return {
        "training": _described(splits, "train"),
        "validation": _described(splits, "validation"),
        "test": _described(splits, "test"),
    }


def _described(splits: Splits, role: Literal["train", "validation", "test"]) -> dict[str, Any]:
    from mlflow.data.code_dataset_source import CodeDatasetSource
    from mlflow.data.numpy_dataset import from_numpy

    split: Split = getattr(splits, role)
    source = CodeDatasetSource(tags={"origin": splits.origin})
    name, digest = f"{splits.name}-{role}", splits.digests[role][:36]
    described: dict[str, Any] = from_numpy(
        split.inputs, source, targets=split.labels, name=name, digest=digest
    ).to_dict()
    return described
