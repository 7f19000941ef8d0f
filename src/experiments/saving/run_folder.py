"""Write a run's results and model into its folder, the most precious first."""

import json
from dataclasses import replace
from typing import Any

import numpy as np

from experiments.types import RunResult


def save_run(result: RunResult) -> RunResult:
    """Write ``results.json``, ``model.keras``, ``model_summary.txt`` and, after a scored run, ``predictions/test.npz``.

    Returns:
        The result with ``model_file`` filled in.

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
    }
    (folder / "results.json").write_text(json.dumps(content, indent=2) + "\n")
    result.model.save(folder / "model.keras")
    (folder / "model_summary.txt").write_text(_summary(result.model), encoding="utf-8")
    if result.test_predictions is not None:
        (folder / "predictions").mkdir(exist_ok=True)
        np.savez_compressed(
            folder / "predictions" / "test.npz",
            predictions=result.test_predictions,
            labels=result.splits.test.labels,
            class_names=np.array(result.splits.class_names),
        )
    return replace(result, model_file=folder / "model.keras")


def _summary(model: Any) -> str:
    lines: list[str] = []
    model.summary(line_length=100, print_fn=lambda line, **_: lines.append(line))
    return "\n".join(lines) + "\n"
