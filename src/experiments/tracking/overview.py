"""The first view of an experiment in the MLflow UI: the columns that matter, and few."""

import json
from typing import Any
from urllib.parse import quote

KEY = "overview"
_TAG = f"mlflow.sharedViewState.{KEY}"  # what the UI's own "share" button writes (seen in MLflow 3.17)
_COLUMNS = (
    "params.`model.name`",
    "params.`optimizer.learning_rate`",
    "params.`model.dropout`",
    "params.`model.l2`",
    "metrics.`best_epoch`",
    "metrics.`best_{objective}`",
    "metrics.`test_{measured}`",
    "metrics.`train_seconds`",
)


def ensure_overview(client: Any, experiment: Any, *, objective: str) -> None:
    """Give the experiment its first view, unless it has one.

    Args:
        client: an ``MlflowClient``.
        experiment: an MLflow ``Experiment``.
        objective: name of the metric in the ``best_`` column, and, of the test split, in the ``test_`` column.
    """
    if _TAG in experiment.tags:
        return
    columns = [column.format(objective=objective, measured=objective.removeprefix("val_")) for column in _COLUMNS]
    client.set_experiment_tag(experiment.experiment_id, _TAG, json.dumps({"selectedColumns": columns}))


def overview_url(address: str, experiment_id: str) -> str:
    """Return the address of the experiment's first view."""
    return f"{address}/#/experiments/{quote(experiment_id)}/runs?workflowType=machine_learning&viewStateShareKey={KEY}"
