"""MLflow's autologging for TensorFlow without the parts that are slow or wrong with Keras 3.

It logs the optimizer's parameters, the metrics of each epoch, the model's summary and the TensorBoard events.
Turned off, because ours replace them: the model (its requirements take 10 seconds to infer), the data (read once more
in full), a second checkpoint. Mended: validation metrics that appear again at step 0, parameters of ``fit`` that
describe our iterator and not the experiment, and a whole second of waiting at the end of ``fit``.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from experiments.garbage import no_collection


@contextmanager
def autologging() -> Iterator[None]:
    """Log every ``fit`` in the block to the active MLflow run."""
    os.environ.setdefault("MLFLOW_ASYNC_LOGGING_BUFFERING_SECONDS", "1")  # unset, the queue's last look takes a second
    with no_collection():
        import mlflow.tensorflow
        from mlflow.tensorflow.callback import MlflowCallback

    with (
        patch.object(MlflowCallback, "on_test_end", lambda self, logs=None: None),
        patch.object(mlflow.tensorflow, "log_fn_args_as_params", lambda *args, **kwargs: None),
    ):
        mlflow.tensorflow.autolog(log_models=False, log_datasets=False, checkpoint=False, silent=True)
        try:
            yield
        finally:
            mlflow.flush_async_logging()
            mlflow.tensorflow.autolog(disable=True, silent=True)


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
