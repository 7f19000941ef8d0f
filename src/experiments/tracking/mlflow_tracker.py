"""Track runs in MLflow."""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch

from experiments.errors import UserError
from experiments.garbage import no_collection
from experiments.paths import ROOT, shown
from experiments.secrets import redact, redact_text
from experiments.tracking import provenance
from experiments.tracking.autologging import autologging, loop_callback
from experiments.tracking.keras_model import log_keras_model
from experiments.tracking.overview import ensure_overview, overview_url
from experiments.tracking.store import Store
from experiments.types import RunRecord, RunResult, Split, Splits, Status, Tracked, take

_EXAMPLES = 5  # rows of raw inputs saved with the model
_LONGEST_PARAM = 6000  # characters that MLflow takes
_LONGEST_TAG = 5000


@dataclass(kw_only=True)
class MlflowTracker:
    """Write runs to an MLflow server, or to a database and a folder on this disk.

    Args:
        uri: of the store: ``sqlite:///PATH`` or ``http(s)://…``.
        experiment: name of the experiment that the run belongs to; made when missing.
        artifacts: folder for the artifacts of a SQLite store.
        timeout: seconds that a server may take to answer at the start. Default 10.
        tags: further tags of the run.

    Example:
    ```python
    tracker = MlflowTracker(uri="sqlite:////tmp/mlflow.db", experiment="mnist", artifacts="/tmp/artifacts")
    tracker.start(record, splits)
    tracker.log_metrics(result)
    tracker.log_files(result)
    tracker.finish("FINISHED")
    ```
    """

    uri: str
    experiment: str
    artifacts: str
    timeout: float = 10
    tags: Mapping[str, Any] = field(default_factory=dict)
    _closing: ExitStack = field(default_factory=ExitStack, init=False, repr=False)
    _run_id: str = field(default="", init=False, repr=False)
    _experiment_id: str = field(default="", init=False, repr=False)

    @property
    def store(self) -> Store:
        """The store behind the URI."""
        return Store(uri=self.uri, artifacts=Path(self.artifacts), timeout=self.timeout)

    def check(self) -> None:
        """Raise ``UserError`` within ``timeout`` seconds where runs cannot be written."""
        self.store.check()

    def start(self, record: RunRecord, splits: Splits) -> Tracked:
        """Open a run, log what is known before training, and turn autologging on."""
        mlflow = self._connect(record.objective.metric)
        git_tags, diff = provenance.git_state(ROOT)
        tags = git_tags | provenance.machine() | provenance.device() | provenance.main_versions()
        tags |= self._own_tags(record, splits)
        run = mlflow.start_run(
            experiment_id=self._experiment_id, run_name=record.name, tags=tags, description=record.summary
        )
        self._run_id = run.info.run_id
        mlflow.log_params({name: value[:_LONGEST_PARAM] for name, value in record.params.items()})
        texts = {
            "config.yaml": record.config_yaml,
            "overrides.txt": "\n".join(map(redact_text, record.overrides)) + "\n",
            "environment/packages.txt": provenance.packages(),
            "environment/git.diff": diff,
        }
        for path, text in texts.items():
            if text:
                mlflow.log_text(text, path)
        for role in ("train", "validation", "test"):
            _log_split(splits, role)
        self._closing.enter_context(autologging())
        return self._tracked()

    def client(self, metric: str) -> tuple[Any, str]:
        """Return an ``MlflowClient`` of the store and the id of the experiment, whose first view shows ``metric``."""
        return self._connect(metric).MlflowClient(), self._experiment_id

    def _connect(self, metric: str) -> Any:
        """Import MLflow and make the store and the experiment where they are missing, one process at a time."""
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
        with no_collection():
            import mlflow
        from filelock import FileLock

        with patch.dict(os.environ):  # MLflow would export the URI, and the next config of this process would read it
            mlflow.set_tracking_uri(self.store.mlflow_uri)
        database = self.store.database
        with ExitStack() as lock:
            if database:  # two processes that make the tables at once can break the database for good
                lock.enter_context(FileLock(f"{database}.lock"))
            client = mlflow.MlflowClient()
            experiment = client.get_experiment_by_name(self.experiment)
            if experiment is None:
                location = (Path(self.artifacts).absolute() / self.experiment).as_uri() if database else None
                experiment = client.get_experiment(
                    client.create_experiment(self.experiment, artifact_location=location)
                )
            if experiment.lifecycle_stage == "deleted":
                raise UserError(
                    f"the MLflow experiment {self.experiment!r} was deleted. Restore it, or choose "
                    "another name: tracking.experiment=NAME."
                )
            ensure_overview(client, experiment, objective=metric)
        self._experiment_id = experiment.experiment_id
        return mlflow

    def _own_tags(self, record: RunRecord, splits: Splits) -> dict[str, str]:
        return {
            "seed": str(record.seed),
            "overrides": redact_text(" ".join(record.overrides))[:_LONGEST_TAG],
            "folder": str(record.folder),
            "data.name": splits.name,
            "data.fingerprint": splits.fingerprint,
            "objective.metric": record.objective.metric,
            "objective.mode": record.objective.mode,
            **record.tags,
            **{str(name): str(value) for name, value in redact(dict(self.tags)).items()},
        }

    def loop_callbacks(self, callbacks: Sequence[Any]) -> Sequence[Any]:
        """Return the callbacks that log what autologging logs of ``fit``."""
        return [loop_callback(callbacks)]

    def log_metrics(self, result: RunResult) -> None:
        """Log the best epoch's and the test's metrics under ``best_`` and ``test_``."""
        self._closing.close()  # the metrics of the last epochs are on their way until now
        import mlflow

        mlflow.log_metrics(_final_metrics(result))

    def log_files(self, result: RunResult, *, model: bool = True) -> Tracked:
        """Log pictures and predictions, then, if asked, the model; MLflow gives it the run's metrics."""
        import mlflow

        folder = result.record.folder
        for name in ("plots", "predictions"):
            if (folder / name).is_dir():
                mlflow.log_artifacts(str(folder / name), name)
        if not model:
            return self._tracked()
        for file in result.model_files:
            if file.is_dir():
                mlflow.log_artifacts(str(file), f"saved/{file.name}")
            elif file.suffix != ".keras":  # which the logged model holds
                mlflow.log_artifact(str(file), "saved")
        example = take(result.splits.test.inputs, slice(_EXAMPLES))
        tags = {
            "data.name": result.splits.name,
            "data.fingerprint": result.splits.fingerprint,
            "run_name": result.record.name,
        }
        info = log_keras_model(
            result.model, example=example, predictions=result.model.predict(example, verbose=0), tags=tags
        )
        return self._tracked(str(info.model_uri))

    def finish(self, status: Status, reason: str = "") -> None:
        """Close the run with its true status; a reason becomes the tag ``reason``, MLflow calls a pruned run killed."""
        self._closing.close()
        if not self._run_id:
            return
        import mlflow

        if reason:
            mlflow.set_tag("reason", redact_text(reason)[:_LONGEST_TAG])
        mlflow.set_tag("state", "complete" if status == "FINISHED" else status.lower())
        mlflow.end_run("KILLED" if status == "PRUNED" else status)

    def _tracked(self, model_uri: str = "") -> Tracked:
        url = overview_url(self.store.view_address(), self._experiment_id)
        return Tracked(run_id=self._run_id, model_uri=model_uri, view_command=self.store.view_command(), view_url=url)

    def __str__(self) -> str:
        """Name the store as a user would."""
        return shown(self.store.database) if self.store.database else str(redact(self.uri))


def _final_metrics(result: RunResult) -> dict[str, float]:
    best = {f"best_{name}": value for name, value in result.best.items()}
    test = {f"test_{name}": value for name, value in result.test.items()}
    return best | test | {"best_epoch": float(result.best_epoch), "train_seconds": result.seconds}


def _log_split(splits: Splits, role: Literal["train", "validation", "test"]) -> None:
    """Log one split as an MLflow dataset input, under a digest that we have computed already."""
    import mlflow
    from mlflow.data.code_dataset_source import CodeDatasetSource
    from mlflow.data.numpy_dataset import from_numpy

    split: Split = getattr(splits, role)
    source = CodeDatasetSource(tags={"origin": splits.origin})
    dataset = from_numpy(
        split.inputs, source, targets=split.labels, name=f"{splits.name}-{role}", digest=splits.digests[role][:36]
    )
    mlflow.log_input(dataset, context="training" if role == "train" else role)
