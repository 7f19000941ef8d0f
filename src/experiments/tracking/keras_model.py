"""Log a Keras model to MLflow in a fraction of a second, complete with signature, example and requirements."""

from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from experiments.types import Array, Inputs

_REQUIRED = ("tensorflow", "keras", "mlflow", "numpy")


def log_keras_model(model: Any, *, example: Inputs, predictions: Array, tags: Mapping[str, str]) -> Any:
    """Log a model to the active run.

    Args:
        model: a ``keras.Model``.
        example: raw inputs, saved with the model.
        predictions: what the model predicts for them, shape ``(n, outputs)``.
        tags: shown with the model.

    Returns:
        MLflow's ``ModelInfo``; its ``model_uri`` loads the model again.
    """
    from mlflow.models import Model, infer_signature

    return Model.log(
        artifact_path=None,
        name="model",
        # `mlflow.keras.log_model` cannot save an input example (mlflow issue 16183); `Model.log` takes any flavor.
        flavor=SimpleNamespace(__name__="mlflow.keras", save_model=_save_with_example),
        model=model,
        signature=infer_signature(example, predictions),
        example=example,
        pip_requirements=[f"{name}=={metadata.version(name)}" for name in _REQUIRED],
        tags=dict(tags),
        validate_serving_input=False,  # would load the model again; a test does that once for all
    )


def _save_with_example(
    *, path: str, mlflow_model: Any, example: Inputs, validate_serving_input: bool, **options: Any
) -> None:
    import mlflow.keras
    from mlflow.models.utils import _save_example

    mlflow.keras.save_model(path=path, mlflow_model=mlflow_model, **options)
    _save_example(mlflow_model, example, path)
    mlflow_model.save(str(Path(path) / "MLmodel"))
