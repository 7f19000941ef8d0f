import os
import subprocess
import sys

import mlflow
import pytest

from experiments.errors import UserError
from experiments.tracking.experiment import connect, open_experiment
from experiments.tracking.store import Store


def test_a_deleted_experiment_is_named(run, store):
    client = mlflow.MlflowClient(f"sqlite:///{store}/mlflow.db")
    run("model=mlp", "data=digits", "debug=fast", "tracking.experiment=gone")
    client.delete_experiment(client.get_experiment_by_name("gone").experiment_id)

    with pytest.raises(UserError, match=r"'gone' was deleted.*tracking\.experiment=NAME"):
        run("model=mlp", "data=digits", "debug=fast", "tracking.experiment=gone")


def test_processes_that_meet_at_a_new_store_all_get_in(tmp_path):
    """Without the lock several of them crash and the database stays broken."""
    program = (
        "from pathlib import Path\n"
        "from experiments.tracking.experiment import connect, open_experiment\n"
        "from experiments.tracking.store import Store\n"
        f"store = Store(uri='sqlite:///{tmp_path}/mlflow.db', artifacts=Path('{tmp_path}'))\n"
        "client = connect(store, retry_seconds=60)\n"
        "run = client.create_run(open_experiment(client, store, 'x', metric='val_loss'))\n"
        "client.log_metric(run.info.run_id, 'm', 1.0)\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True, env=os.environ.copy())
        for _ in range(4)
    ]

    failures = [error for process in processes if (error := process.communicate()[1]) and process.returncode]

    assert not failures
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    assert len(client.search_runs([client.get_experiment_by_name("x").experiment_id])) == 4


def test_a_first_run_that_is_killed_while_it_makes_the_tables_leaves_none_that_are_half_made(tmp_path, monkeypatch):
    """MLflow itself goes on with what it finds: "table _alembic_tmp_tags already exists", in every later run."""
    store = Store(uri=f"sqlite:///{tmp_path}/mlflow.db", artifacts=tmp_path)

    def kill_halfway(engine):
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE _alembic_tmp_tags (run_uuid VARCHAR(32))")
        raise KeyboardInterrupt

    with monkeypatch.context() as first_run:
        first_run.setattr("mlflow.store.db.utils._upgrade_db", kill_halfway)
        with pytest.raises(KeyboardInterrupt):
            connect(store, retry_seconds=60)

    client = connect(store, retry_seconds=60)
    assert client.create_run(open_experiment(client, store, "x", metric="val_loss")).info.status == "RUNNING"
    assert {file.name for file in tmp_path.iterdir()} == {"mlflow.db", "mlflow.db.lock"}


def test_the_files_of_an_experiment_whose_name_is_a_path_lie_in_the_store(tmp_path):
    store = Store(uri=f"sqlite:///{tmp_path}/mlflow.db", artifacts=tmp_path / "artifacts")
    client = connect(store, retry_seconds=60)

    experiment = client.get_experiment(open_experiment(client, store, "/Shared/../mnist", metric="val_loss"))

    assert experiment.name == "/Shared/../mnist"
    assert experiment.artifact_location == (tmp_path / "artifacts" / "_Shared_.._mnist").as_uri()
