import re
import subprocess
import sys

import mlflow
import pytest


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of the command as a user types it, and what it printed."""
    folder = tmp_path_factory.mktemp("somewhere else")
    command = [sys.executable, "-m", "experiments.train", "model=mlp", "data=digits", "trainer.epochs=2"]
    answer = subprocess.run(
        [*command, "paths.store='" + str(folder / "mlruns") + "'"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return folder, answer


def test_it_says_what_it_is_about_to_do_and_what_came_out(finished):
    folder, answer = finished
    text = answer.stdout

    assert text.startswith(
        "mlp on digits: Adam, learning rate 0.001, dropout 0.2, L2 0, batch 32, up to 2 epochs, seed 42\n"
    )
    assert "1,150 training, 287 validation and 360 test examples" in text
    assert len(re.findall(r"^Epoch [12]/2$", text, re.MULTILINE)) == 2
    assert re.search(r"^best epoch [12] of 2 +training +validation +test$", text, re.MULTILINE)
    assert re.search(r"^  accuracy( +0\.\d{4}){3}$", text, re.MULTILINE)
    assert "models:/digits@champion is now version 1" in text
    assert f"mlflow ui --workers 1 --backend-store-uri 'sqlite:///{folder}/mlruns/mlflow.db'" in text
    assert "/#/experiments/1/runs?" in text
    assert "tensorboard --logdir mlruns/runs" in text


def test_nothing_but_the_run_is_printed(finished):
    """No start-up messages of TensorFlow, no migrations of MLflow's database, no warnings."""
    assert "TensorFlow binary" not in finished[1].stderr
    assert "WARNING" not in finished[1].stderr + finished[1].stdout
    assert "INFO" not in finished[1].stderr + finished[1].stdout


def test_mlflow_tensorboard_and_the_folder_bear_one_name(finished):
    folder, answer = finished
    name, run_id = re.search(r"^run +(\S+), id (\w+)$", answer.stdout, re.MULTILINE).groups()

    client = mlflow.MlflowClient(f"sqlite:///{folder}/mlruns/mlflow.db")
    assert client.get_run(run_id).info.run_name == name
    assert (folder / "mlruns/runs" / name / "tensorboard/train").is_dir()
    assert (folder / "mlruns/runs" / name / ".hydra/config.yaml").is_file()
    assert re.fullmatch(r"mlp-digits-\d{4}-\d{6}-\w{3}", name)
    assert {item.name for item in folder.iterdir()} == {"mlruns"}, "all that a run writes is in one folder"


def test_tensorboard_has_the_scalars_of_both_splits_the_rate_and_the_graph(finished):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    folder, _ = finished
    (logs,) = folder.glob("mlruns/runs/*/tensorboard")
    train, validation = (EventAccumulator(str(logs / split), {"tensors": 0}) for split in ("train", "validation"))
    train.Reload()
    validation.Reload()

    assert {"epoch_loss", "epoch_accuracy", "epoch_learning_rate"} <= set(train.Tags()["tensors"])
    assert {"epoch_loss", "epoch_accuracy"} <= set(validation.Tags()["tensors"])
    assert len(train.Tensors("epoch_loss")) == 2
    assert train.Tags()["graph"] or "keras" in train.Tags()["tensors"]


def test_a_multirun_runs_every_combination_and_returns_nothing_lost(tmp_path):
    command = [sys.executable, "-m", "experiments.train", "-m", "model=mlp", "data=digits,wine", "debug=fast"]
    answer = subprocess.run(
        [*command, "trainer.batch_size=16", f"paths.store={tmp_path}"], capture_output=True, text=True, check=False
    )

    assert answer.returncode == 0, answer.stderr
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    (experiment,) = [item for item in client.search_experiments() if item.name != "Default"]
    found = client.search_runs([experiment.experiment_id])
    (parent,) = [run for run in found if run.data.tags["kind"] == "sweep"]
    runs = [run for run in found if run is not parent]
    assert {run.data.tags["mlflow.parentRunId"] for run in runs} == {parent.info.run_id}
    assert sorted(run.data.tags["data.name"] for run in runs) == ["digits", "wine"]
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert {path.name for path in tmp_path.glob("runs/multirun-*") if path.is_dir()} == {
        run.info.run_name for run in runs
    }
