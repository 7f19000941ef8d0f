"""Write a run's results and model into its folder, the most precious first."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from experiments.saving.own_parts import own_parts, path_of
from experiments.types import Held, RunResult, Splits, held, take

Format = Callable[[Any, Path, Held], Path]
"""Writes a model into a folder, given an example of its raw inputs, and returns where it is."""


def save_run(result: RunResult, formats: Sequence[Format]) -> RunResult:
    """Write ``results.json``, the model, ``model_summary.txt`` and, after a scored run, ``predictions/test.npz``.

    Args:
        result: of a run.
        formats: in which the model is kept.

    Returns:
        The result with ``model_files`` filled in.

    Raises:
        OSError: the disk is full or cannot be written.
    """
    folder = result.record.folder
    content = {
        "run_name": result.record.name,
        "objective": result.record.objective.metric,
        "best_epoch": result.best_epoch,
        "best": dict(result.best),
        "test": dict(result.test),
        "train_seconds": result.seconds,
        "data_fingerprint": result.splits.fingerprint,
        "data": _about(result.splits),
        "model": {"classes": [path_of(part) for part in own_parts(result.model)]},
    }
    (folder / "results.json").write_text(json.dumps(content, indent=2) + "\n")
    example = held(take(result.splits.test.inputs, slice(1)))
    model_files = tuple(write(result.model, folder, example) for write in formats)
    (folder / "model_summary.txt").write_text(_summary(result.model), encoding="utf-8")
    if result.test_predictions is not None:
        (folder / "predictions").mkdir(exist_ok=True)
        np.savez_compressed(
            folder / "predictions" / "test.npz",
            predictions=result.test_predictions,
            labels=result.splits.test.labels,
            class_names=np.array(result.splits.class_names),
        )
    return replace(result, model_files=model_files)


def _about(splits: Splits) -> dict[str, Any]:
    """Return what one must know of the data to use the model."""
    inputs = splits.test.inputs
    about: dict[str, Any] = {"name": splits.name, "kind": splits.kind, "target": splits.target, "unit": splits.unit}
    about["class_names"] = list(splits.class_names)
    about |= {"reading": dict(splits.reading)} if splits.reading else {}
    if isinstance(inputs, Mapping):
        return about | {"columns": {name: column.dtype.name for name, column in inputs.items()}}
    return about | {"shape": list(inputs.shape[1:]), "dtype": inputs.dtype.name}


def _summary(model: Any) -> str:
    lines: list[str] = []
    model.summary(line_length=100, print_fn=lambda line, **_: lines.append(line))
    return "\n".join(lines) + "\n"
