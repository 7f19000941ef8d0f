"""Track runs in MLflow."""

import logging
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from experiments.errors import StoreAway
from experiments.paths import ROOT, shown
from experiments.secrets import redact, redact_text
from experiments.tracking import provenance
from experiments.tracking.autologging import autologging, loop_callback
from experiments.tracking.away import is_away
from experiments.tracking.experiment import connect, open_experiment
from experiments.tracking.inputs import describe_inputs
from experiments.tracking.keras_model import save_keras_model
from experiments.tracking.outbox import Outbox, Writer
from experiments.tracking.overview import overview_url
from experiments.tracking.registry import noted
from experiments.tracking.store import Store, command
from experiments.tracking.writes import LONGEST_TAG
from experiments.types import Candidate, ModelRegistry, RunRecord, RunResult, Splits, Status, Tracked, held, take

PARENT = "mlflow.parentRunId"
_EXAMPLES = 5  # rows of raw inputs saved with the model
_log = logging.getLogger("experiments")


@dataclass(kw_only=True)
class MlflowTracker:
    """Write runs to an MLflow server, or to a database and a folder on this disk.

    Where the store goes away once a run has begun, the run goes on, and what it logs is kept until the store is back.

    Args:
        uri: of the store: ``sqlite:///PATH`` or ``http(s)://…``.
        experiment: name of the experiment that the run belongs to; made when missing.
        artifacts: folder for the artifacts of a SQLite store.
        outbox: folder for what a store that went away is owed.
        timeout: seconds that a server may take to answer at the start. Default 10.
        retry_seconds: about how long a write is tried again before it is kept. Default 60.
        tags: further tags of the run.

    Example:
    ```python
    tracker = MlflowTracker(
        uri="sqlite:////tmp/mlflow.db", experiment="mnist", artifacts="/tmp/artifacts", outbox="/tmp/outbox"
    )
    tracker.start(record, splits)
    tracker.log_metrics(result)
    tracker.log_files(result)
    tracker.finish("FINISHED")
    ```
    """

    uri: str
    experiment: str
    artifacts: str
    outbox: str
    timeout: float = 10
    retry_seconds: float = 60
    tags: Mapping[str, Any] = field(default_factory=dict)
    _closing: ExitStack = field(default_factory=ExitStack, init=False, repr=False)
    _writer: Writer | None = field(default=None, init=False, repr=False)
    _metrics_at: int = field(default=0, init=False, repr=False)
    _experiment_id: str = field(default="", init=False, repr=False)

    @property
    def store(self) -> Store:
        """The store behind the URI."""
        return Store(uri=self.uri, artifacts=Path(self.artifacts), timeout=self.timeout)

    def check(self) -> None:
        """Raise ``StoreAway`` within ``timeout`` seconds where runs cannot be written."""
        self.store.check()

    def start(self, record: RunRecord, splits: Splits) -> Tracked:
        """Open a run, log what is known before training, and turn autologging on.

        Raises:
            StoreAway: the store went away before there was a run.
        """
        with self.answering():
            client, self._experiment_id = self.client(record.objective.metric, parent=record.tags.get(PARENT, ""))
            for line in self.deliver():
                _log.warning("%s", line)
            git_tags, diff = provenance.git_state(ROOT)
            tags = git_tags | provenance.machine() | provenance.device() | provenance.main_versions()
            run_id = self._open(record, tags | self._own_tags(record, splits))
        self._writer = Writer(client=client, run_id=run_id, run_name=record.name, outbox=self._outbox, check=self.check)
        self._write("params", values=dict(record.params))
        texts = {
            "config.yaml": record.config_yaml,
            "overrides.txt": "\n".join(map(redact_text, record.overrides)) + "\n",
            "environment/packages.txt": provenance.packages(),
            "environment/git.diff": diff,
        }
        for path, text in texts.items():
            if text:
                self._write("text", text=text, path=path)
        self._write("inputs", datasets=describe_inputs(splits))
        self._closing.enter_context(autologging(self._writer.write))
        return self._tracked()

    def _open(self, record: RunRecord, tags: Mapping[str, str]) -> str:
        import mlflow

        about = {"run_name": record.name, "tags": dict(tags), "description": record.summary}
        return str(mlflow.start_run(experiment_id=self._experiment_id, **about).info.run_id)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Raise ``StoreAway`` where the store goes away while the block runs."""
        try:
            yield
        except Exception as error:
            if not is_away(error):
                raise
            raise StoreAway(
                f"MLflow at {self} went away before training began. Run the same command again when it is back."
            ) from error

    def deliver(self) -> list[str]:
        """Send what the store is still owed; return a line for each run that could not be delivered."""
        if not self._outbox.owed():
            return []
        return self._outbox.deliver(connect(self.store, retry_seconds=self.retry_seconds))

    @property
    def _outbox(self) -> Outbox:
        return Outbox(folder=Path(self.outbox), store=str(redact(self.store.mlflow_uri)))

    def client(self, metric: str, *, parent: str = "") -> tuple[Any, str]:
        """Return an ``MlflowClient`` of the store and the id of the experiment, whose first view shows ``metric``.

        The runs of a sweep belong to the experiment of their parent run, on whatever data they are: MLflow folds no
        others under it.
        """
        client = connect(self.store, retry_seconds=self.retry_seconds)
        if parent:
            return client, str(client.get_run(parent).info.experiment_id)
        return client, open_experiment(client, self.store, self.experiment, metric=metric)

    def _own_tags(self, record: RunRecord, splits: Splits) -> dict[str, str]:
        return {
            "seed": str(record.seed),
            "overrides": redact_text(" ".join(record.overrides))[:LONGEST_TAG],
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
        self._closing.close()
        self._metrics_at = _now()
        self._write("metrics", values=_final_metrics(result), step=0, timestamp=self._metrics_at)

    def log_files(self, result: RunResult, *, model: bool = True) -> Tracked:
        """Log pictures and predictions, then, if asked, the model; MLflow gives it the run's metrics."""
        folder = result.record.folder.absolute()
        for name in ("plots", "predictions"):
            self._write("files", source=str(folder / name), path=name)
        if not model:
            return self._tracked()
        for file in map(Path.absolute, result.model_files):
            if file.suffix != ".keras":  # which the logged model holds
                self._write("files", source=str(file), path=f"saved/{file.name}" if file.is_dir() else "saved")
        example = held(take(result.splits.test.inputs, slice(_EXAMPLES)))
        saved = folder / f"mlflow_model_{self._run_id[:8]}"  # another run may be given the same folder
        save_keras_model(result.model, saved, example=example, predictions=result.model.predict(example, verbose=0))
        tags = {
            "data.name": result.splits.name,
            "data.fingerprint": result.splits.fingerprint,
            "run_name": result.record.name,
        }
        about = {"tags": tags, "metrics": _final_metrics(result), "timestamp": self._metrics_at}
        uri = self._write("model", folder=str(saved), **about)
        return self._tracked(uri or f"runs:/{self._run_id}/model")

    def offer(self, candidate: Candidate, registry: ModelRegistry) -> str:
        """Offer the model to the registry, after it was delivered where it is kept; return what was done."""
        if registry.settings() is None:
            return registry.offer(candidate)
        said = self._write("offer", registry=noted(registry), candidate=asdict(candidate))
        return said or "offered to the registry once it is delivered"

    def finish(self, status: Status, reason: str = "") -> None:
        """Close the run with its true status; a reason becomes the tag ``reason``, MLflow calls a pruned run killed."""
        self._closing.close()
        if not self._writer:
            return
        import mlflow

        with patch.object(mlflow.MlflowClient, "set_terminated"):  # MLflow itself forgets the run; the store is next
            mlflow.end_run()
        tags = {"state": "complete" if status == "FINISHED" else status.lower()}
        self._write("end", status="KILLED" if status == "PRUNED" else status, end_time=_now())  # the first, if not all
        self._write("tags", values=tags | ({"reason": redact_text(reason)} if reason else {}))
        if kept := self._writer.close():
            _log.warning(
                "%s",
                f"not all of it could be written to MLflow; it is kept in {kept}.\n"
                f"The next run or sweep delivers it, or this command:\n  {self._deliver_command()}",
            )

    def _write(self, kind: str, **arguments: Any) -> Any:
        if self._writer is None:
            raise RuntimeError("the run was not started")
        return self._writer.write(kind, **arguments)

    @property
    def _run_id(self) -> str:
        return self._writer.run_id if self._writer else ""

    def _deliver_command(self) -> str:
        words = [f"tracking.uri={redact(self.uri)}", f"tracking.outbox={shown(self.outbox)}"]
        return shlex.join([command("python"), "-m", "experiments.deliver", *words])

    def _tracked(self, model_uri: str = "") -> Tracked:
        url = overview_url(self.store.view_address(), self._experiment_id)
        return Tracked(run_id=self._run_id, model_uri=model_uri, view_command=self.store.view_command(), view_url=url)

    def __str__(self) -> str:
        """Name the store as a user would."""
        return shown(self.store.database) if self.store.database else str(redact(self.uri))


def _now() -> int:
    """Return the time as MLflow counts it, in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def _final_metrics(result: RunResult) -> dict[str, float]:
    best = {f"best_{name}": value for name, value in result.best.items()}
    test = {f"test_{name}": value for name, value in result.test.items()}
    return best | test | {"best_epoch": float(result.best_epoch), "train_seconds": result.seconds}
