"""What is written to a tracked run. Each write can be repeated without harm, so one that failed can be sent later.

The arguments are what JSON can hold, so that they can wait in a file.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from experiments.tracking.keras_model import log_saved_model
from experiments.tracking.registry import offer_noted

LONGEST_PARAM = 6000  # characters that MLflow takes
LONGEST_TAG = 5000
_NOT_IN_A_NAME = re.compile(r"[^\w\-. :/]")  # characters that MLflow refuses in a metric's name


def _params(client: Any, run_id: str, *, values: Mapping[str, str]) -> None:
    from mlflow.entities import Param

    client.log_batch(run_id, params=[Param(name, value[:LONGEST_PARAM]) for name, value in values.items()])


def _metrics(client: Any, run_id: str, *, values: Mapping[str, float], step: int, timestamp: int) -> None:
    """Log metrics; MLflow takes the same value at the same step and time only once."""
    from mlflow.entities import Metric

    points = [Metric(name, value, timestamp, step) for name, value in _named(values).items()]
    client.log_batch(run_id, metrics=points)


def _named(metrics: Mapping[str, float]) -> dict[str, float]:
    """Return metrics under names that MLflow accepts: ``recall@3`` is ``recall_3``."""
    return {_NOT_IN_A_NAME.sub("_", name): value for name, value in metrics.items()}


def _tags(client: Any, run_id: str, *, values: Mapping[str, str]) -> None:
    from mlflow.entities import RunTag

    client.log_batch(run_id, tags=[RunTag(name, value[:LONGEST_TAG]) for name, value in values.items()])


def _inputs(client: Any, run_id: str, *, datasets: Mapping[str, Mapping[str, Any]]) -> None:
    """Log dataset inputs, by their context."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    inputs = [
        DatasetInput(Dataset(**dataset), [InputTag("mlflow.data.context", context)])
        for context, dataset in datasets.items()
    ]
    client.log_inputs(run_id, inputs)


def _text(client: Any, run_id: str, *, text: str, path: str) -> None:
    client.log_text(run_id, text, path)


def _files(client: Any, run_id: str, *, source: str, path: str) -> None:
    """Log a file, or what is in a folder, if it is there: what is temporary may be gone by now."""
    if Path(source).is_dir():
        client.log_artifacts(run_id, source, path)
    elif Path(source).is_file():
        client.log_artifact(run_id, source, path)


def _model(client: Any, run_id: str, *, folder: str, metrics: Mapping[str, float], **about: Any) -> str:
    return log_saved_model(client, run_id, folder=Path(folder), metrics=_named(metrics), **about)


def _offer(client: Any, run_id: str, **noted: Any) -> str:
    return offer_noted(**noted)


def _end(client: Any, run_id: str, *, status: str, end_time: int) -> None:
    client.set_terminated(run_id, status, end_time)


WRITES: dict[str, Callable[..., Any]] = {
    "params": _params,
    "metrics": _metrics,
    "tags": _tags,
    "inputs": _inputs,
    "text": _text,
    "files": _files,
    "model": _model,
    "offer": _offer,
    "end": _end,
}
"""The kinds of writes: functions of an ``MlflowClient``, a run's id and arguments of their own; times in ms."""
