"""Save a Keras model as MLflow wants it, in a fraction of a second, and log what was saved."""

import shutil
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from experiments.types import Array, Held

_REQUIRED = ("tensorflow", "keras", "mlflow", "numpy")


def save_keras_model(model: Any, folder: Path, *, example: Held, predictions: Array) -> None:
    """Write a model in MLflow's format, complete with signature, example and requirements.

    Args:
        model: a ``keras.Model``.
        folder: of the model; must not exist.
        example: raw inputs, saved with the model.
        predictions: what the model predicts for them, shape ``(n, outputs)``.
    """
    import mlflow.keras
    from mlflow.models import Model, infer_signature
    from mlflow.models.utils import _save_example

    description = Model()
    mlflow.keras.save_model(
        model,
        path=str(folder),
        mlflow_model=description,
        signature=infer_signature(example, predictions),
        pip_requirements=[f"{name}=={metadata.version(name)}" for name in _REQUIRED],
    )
    # `mlflow.keras` cannot save an input example (mlflow issue 16183).
    _save_example(description, example, str(folder))
    description.save(str(folder / "MLmodel"))


def log_saved_model(
    client: Any,
    run_id: str,
    *,
    folder: Path,
    tags: Mapping[str, str],
    metrics: Mapping[str, float],
    timestamp: int,
) -> str:
    """Log what ``save_keras_model`` wrote as the run's model, and remove the folder.

    Repeated, it goes on where it was broken off.

    Args:
        client: an ``MlflowClient``.
        run_id: of the run, which gets one model at most.
        folder: of the model.
        tags: shown with the model.
        metrics: of the run, shown with the model too.
        timestamp: at which the run's metrics were logged, in milliseconds since the epoch.

    Returns:
        A URI that loads the model again.
    """
    from mlflow.entities import LoggedModelOutput, LoggedModelStatus, Metric
    from mlflow.models import Model

    run = client.get_run(run_id)
    model = _model_of(client, run)
    if model is None:
        model = client.create_logged_model(
            run.info.experiment_id, name="model", source_run_id=run_id, tags=dict(tags), params=run.data.params
        )
        client.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=0)])
    if model.status != LoggedModelStatus.READY:
        description = Model.load(str(folder))
        description.run_id, description.artifact_path = run_id, model.artifact_location
        description.model_id = description.model_uuid = model.model_id
        description.save(str(folder / "MLmodel"))
        client.log_model_artifacts(model.model_id, str(folder))
        points = [Metric(key, value, timestamp, 0, model_id=model.model_id) for key, value in metrics.items()]
        client.log_batch(run_id, metrics=points)
        client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
    shutil.rmtree(folder, ignore_errors=True)
    return str(model.model_uri)


def logged_model_uri(client: Any, run_id: str) -> str:
    """Return the URI of the run's model; empty where it has none."""
    model = _model_of(client, client.get_run(run_id))
    return str(model.model_uri) if model else ""


def _model_of(client: Any, run: Any) -> Any:
    outputs = run.outputs.model_outputs if run.outputs else []
    return client.get_logged_model(outputs[0].model_id) if outputs else None
