import subprocess
import sys

import mlflow
import pytest

from experiments.errors import StoreAway
from experiments.tracking.mlflow_tracker import MlflowTracker
from experiments.tracking.sweep_run import SweepRun

SWEEP = (
    "sweeps=lr_dropout_l2",
    "hydra.sweeper.n_trials=6",
    "hydra.sweeper.seed=2",
    "hydra/sweeper/pruner=asha",
    "data=digits",
    "model=mlp",
    "trainer.epochs=3",
)


def swept(folder):
    command = [sys.executable, "-m", "experiments.train", "-m", *SWEEP, f"paths.store={folder}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store in which the same sweep was run twice."""
    folder = tmp_path_factory.mktemp("swept")
    for _ in range(2):
        done = swept(folder)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def runs(store):
    client = mlflow.MlflowClient(f"sqlite:///{store}/mlflow.db", registry_uri=f"sqlite:///{store}/mlflow.db")
    experiment = client.get_experiment_by_name("digits").experiment_id
    found = client.search_runs([experiment])
    (parent,) = [run for run in found if run.data.tags["kind"] == "sweep"]
    children = [run for run in found if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    return client, parent, children


def test_a_server_that_goes_away_is_no_reason_for_another_parent_run():
    tracker = MlflowTracker(uri="http://127.0.0.1:1", experiment="x", artifacts="", outbox="", retry_seconds=0)

    with pytest.raises(StoreAway, match="Run the same command again"):
        SweepRun(tracker=tracker).open("s", run_id="0" * 32, metric="m", tags={}, description="")


def test_a_sweep_repeated_is_one_parent_with_one_child_for_each_trial(runs):
    _, parent, children = runs

    assert parent.info.status == "FINISHED"
    assert parent.info.run_name == "lr_dropout_l2-mlp-digits"
    assert sorted(int(child.data.tags["trial"]) for child in children) == list(range(6))
    assert {child.info.run_name for child in children} == {f"lr_dropout_l2-mlp-digits-{n:03d}" for n in range(6)}


def test_children_say_what_became_of_them(runs):
    _, _, children = runs
    states = {(child.data.tags["state"], child.info.status) for child in children}

    assert states == {("complete", "FINISHED"), ("pruned", "KILLED")}
    pruned = next(child for child in children if child.data.tags["state"] == "pruned")
    assert pruned.data.tags["reason"].startswith("pruned after epoch")
    assert "best_val_accuracy" in pruned.data.metrics


def test_the_parent_knows_the_best(runs):
    client, parent, children = runs
    best = max(
        (child for child in children if child.data.tags["state"] == "complete"),
        key=lambda child: child.data.metrics["best_val_accuracy"],
    )

    assert parent.data.tags["best.run_id"] == best.info.run_id
    assert parent.data.metrics["best_val_accuracy"] == best.data.metrics["best_val_accuracy"]
    rate = best.data.params["optimizer.learning_rate"]
    assert parent.data.tags["best.optimizer.learning_rate"] == rate
    names = {item.path for item in client.list_artifacts(parent.info.run_id)}
    assert {"trials.csv", "best.json", "search_space.yaml", "plots"} <= names
    plots = {item.path for item in client.list_artifacts(parent.info.run_id, "plots")}
    kinds = ("optimization_history", "intermediate_values", "parallel_coordinate", "slice")
    assert {f"plots/{kind}.{ending}" for kind in kinds for ending in ("html", "png")} <= plots


def test_the_best_model_is_registered_once(runs):
    client, parent, _ = runs
    (version,) = client.search_model_versions("name = 'digits'")

    assert version.tags["run_id"] == parent.data.tags["best.run_id"]
    assert client.get_model_version_by_alias("digits", "champion").version == version.version


def test_only_trials_that_were_the_best_so_far_kept_a_model(runs):
    _, _, children = runs
    best = -1.0
    for child in sorted(children, key=lambda child: child.info.end_time):
        value = child.data.metrics["best_val_accuracy"]
        if child.data.tags["state"] == "pruned":
            assert not child.outputs.model_outputs
        best = max(best, value)
    assert any(child.outputs.model_outputs for child in children)
    assert not all(child.outputs.model_outputs for child in children)
