"""MLflow's autologging for TensorFlow without the parts that are slow or wrong with Keras 3.

It logs the optimizer's parameters, the metrics of each epoch, the model's summary and the TensorBoard events.
Turned off, because ours replace them: the model (its requirements take 10 seconds to infer), the data (read once more
in full), a second checkpoint. Mended: validation metrics that appear again at step 0, the best epoch's metrics once
more as an epoch after the last where early stopping restores its weights, parameters of ``fit`` that describe our
iterator and not the experiment, and a queue that drops what a server does not take in time: autologging says what to
log, the run's own writes log it.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from experiments.garbage import no_collection


@contextmanager
def autologging(write: Callable[..., Any]) -> Iterator[None]:
    """Log every ``fit`` in the block to the active MLflow run.

    Args:
        write: as ``outbox.Writer.write``.
    """
    with no_collection():
        import mlflow.tensorflow
    from mlflow.tensorflow import callback

    logs = _logs(write)
    with (
        patch.object(callback.MlflowCallback, "on_test_end", lambda self, logs=None: None),
        patch.object(callback.MlflowCallback, "on_train_end", _forget_that_it_was_stopped),
        patch.object(mlflow.tensorflow, "log_fn_args_as_params", lambda *args, **kwargs: None),
        patch.multiple(mlflow, **logs),
        patch.multiple(callback, **{name: log for name, log in logs.items() if hasattr(callback, name)}),
    ):
        mlflow.tensorflow.autolog(log_models=False, log_datasets=False, checkpoint=False, silent=True)
        try:
            yield
        finally:
            mlflow.tensorflow.autolog(disable=True, silent=True)


def _forget_that_it_was_stopped(callback: Any, logs: Mapping[str, Any] | None = None) -> None:
    """Leave MLflow nothing to add after ``fit``: the epochs are logged, and the best one is ours to name."""
    callback.model.stop_training = False


def _logs(write: Callable[..., Any]) -> dict[str, Any]:
    """Return what stands in for MLflow's functions of these names, as far as autologging uses them."""

    def log_params(params: Mapping[str, Any]) -> None:
        write("params", values={name: str(value) for name, value in params.items()})

    def log_metrics(metrics: Mapping[str, Any], step: int | None = None, **_: Any) -> None:
        values = {name: float(value) for name, value in metrics.items()}
        write("metrics", values=values, step=int(step or 0), timestamp=time.time_ns() // 1_000_000)

    def log_text(text: str, artifact_file: str) -> None:
        write("text", text=text, path=artifact_file)

    def log_artifacts(local_dir: str, artifact_path: str) -> None:
        write("files", source=str(local_dir), path=artifact_path)

    return {log.__name__: log for log in (log_params, log_metrics, log_text, log_artifacts)}


def loop_callback(callbacks: Sequence[Any]) -> Any:
    """Return the callback by which a loop of one's own logs what ``fit`` logs in the block of ``autologging``.

    Args:
        callbacks: the others; a TensorBoard among them says which folder is to be logged at the end.
    """
    import keras
    import mlflow
    from mlflow.tensorflow.callback import MlflowCallback

    folders = [callback.log_dir for callback in callbacks if isinstance(callback, keras.callbacks.TensorBoard)]

    class LoopCallback(MlflowCallback):  # type: ignore[misc]
        """MLflow's own callback, and the events at the end."""

        def on_train_end(self, logs: dict[str, float] | None = None) -> None:
            for folder in folders:
                mlflow.log_artifacts(folder, "tensorboard_logs")

    return LoopCallback()
