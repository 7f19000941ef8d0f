"""What the tests of the tracking share: a client of the store, and a run of its own in it."""

from pathlib import Path

import mlflow
import pytest


@pytest.fixture
def client(store: Path) -> mlflow.MlflowClient:
    mlflow.set_tracking_uri(f"sqlite:///{store}/mlflow.db")
    return mlflow.MlflowClient()


@pytest.fixture
def run_id(client: mlflow.MlflowClient, tmp_path: Path) -> str:
    """An open run in an experiment whose files are in a folder of the test's own."""
    experiment = client.create_experiment(str(tmp_path), artifact_location=(tmp_path / "artifacts").as_uri())
    return client.create_run(experiment).info.run_id
