"""The way to MLflow: a client of the store, and the experiment that the runs belong to."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from experiments.errors import UserError
from experiments.garbage import no_collection
from experiments.tracking.away import patience
from experiments.tracking.overview import ensure_overview
from experiments.tracking.store import Store


def connect(store: Store, *, retry_seconds: float) -> Any:
    """Import MLflow, direct it to the store, make its tables where they are missing and return an ``MlflowClient``.

    Args:
        store: whose URI MLflow uses from now on.
        retry_seconds: about how long each request to a server is tried again.
    """
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
    os.environ.update(patience(retry_seconds))
    with no_collection():
        import mlflow

    with patch.dict(os.environ):  # MLflow would export the URI, and the next config of this process would read it
        mlflow.set_tracking_uri(store.mlflow_uri)
    with _alone(store):
        if store.database and not (store.database.is_file() and store.database.stat().st_size):
            _make_tables(store.database)
        return mlflow.MlflowClient()


def _make_tables(database: Path) -> None:
    """Put a database with MLflow's tables in place, whole or not at all.

    It takes MLflow seconds and many steps, and of a process that is killed between two of them a database would stay
    that nobody can use again.
    """
    from mlflow.store.db.utils import _initialize_tables, create_sqlalchemy_engine_with_retry

    folder = database.with_name(f"{database.name}.new")
    shutil.rmtree(folder, ignore_errors=True)  # of a process that was killed
    folder.mkdir()
    engine = create_sqlalchemy_engine_with_retry(f"sqlite:///{folder / database.name}")
    _initialize_tables(engine)
    engine.dispose()
    (folder / database.name).replace(database)
    shutil.rmtree(folder, ignore_errors=True)


def open_experiment(client: Any, store: Store, name: str, *, metric: str) -> str:
    """Return the id of an experiment; make it where it is missing.

    Args:
        client: of the store.
        store: of the experiment.
        name: of the experiment.
        metric: of the objective, for the experiment's first view.

    Raises:
        UserError: the experiment was deleted.
    """
    with _alone(store):
        experiment = client.get_experiment_by_name(name)
        if experiment is None:
            folder = name.replace("/", "_")  # a name such as /Shared/mnist would lead out of the store
            location = (store.artifacts.absolute() / folder).as_uri() if store.database else None
            experiment = client.get_experiment(client.create_experiment(name, artifact_location=location))
        if experiment.lifecycle_stage == "deleted":
            raise UserError(
                f"the MLflow experiment {name!r} was deleted. Restore it, or choose "
                "another name: tracking.experiment=NAME."
            )
        ensure_overview(client, experiment, objective=metric)
    return str(experiment.experiment_id)


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    """Let one process at a time into a database: two that make the tables at once can break it for good."""
    from filelock import FileLock

    if store.database is None:
        yield
        return
    with FileLock(f"{store.database}.lock"):
        yield
