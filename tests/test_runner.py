import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import keras
import mlflow
import numpy as np
import pytest

from experiments.errors import TrainingDiverged, TrialPruned, UserError
from experiments.runner import early_end

DIGITS = ("model=mlp", "data=digits")


def client_of(store: Path) -> mlflow.MlflowClient:
    return mlflow.MlflowClient(f"sqlite:///{store}/mlflow.db", registry_uri=f"sqlite:///{store}/mlflow.db")


def only_run(store: Path):
    client = client_of(store)
    (run,) = client.search_runs([experiment.experiment_id for experiment in client.search_experiments()])
    return client, run


def test_the_best_epoch_counts_and_not_the_last(run):
    result = run(*DIGITS, "optimizer.learning_rate=0.05", "trainer.epochs=12", "callbacks.early_stopping.patience=12")

    values = result.history["val_accuracy"]
    assert result.objective_value == max(values)
    assert result.best_epoch == values.index(max(values)) + 1 < len(values)
    validation = result.splits.validation
    scored = result.model.evaluate(validation.inputs, validation.labels, verbose=0, return_dict=True)
    assert scored["accuracy"] == pytest.approx(max(values))
    saved = keras.saving.load_model(result.model_files[0])
    assert np.array_equal(
        saved.predict(validation.inputs, verbose=0), result.model.predict(validation.inputs, verbose=0)
    )


@pytest.mark.parametrize(
    "overrides",
    [
        "model=mlp optimizer=sgd",
        "model=cnn optimizer=rmsprop",
        "model=basic_cnn optimizer=adamw debug=fast",
        "model=mlp optimizer=adagrad task=classification_one_hot",
        "model=mlp callbacks=[default,lr_schedule,print_lr]",
        "model=mlp callbacks=[none]",
        "model=mlp debug=eager",
        "model=mlp data.validation_split=0 objective.metric=accuracy callbacks=[default,reduce_lr_on_plateau]",
        "model=mlp data=wine trainer.batch_size=16",
        "model=mlp callbacks.tensorboard.histogram_freq=1",
    ],
)
def test_what_can_be_composed_trains_and_scores(run, overrides):
    result = run("data=digits", "trainer.epochs=1", *overrides.split())

    assert set(result.test) == {"loss", "accuracy"}
    assert result.test_predictions.shape == (len(result.splits.test), len(result.splits.class_names))
    np.testing.assert_allclose(result.test_predictions.sum(axis=1), 1, rtol=1e-4)


def test_overfit_learns_its_one_batch(run):
    result = run(*DIGITS, "debug=overfit")

    assert result.best["accuracy"] == 1
    assert len(result.history["loss"]) < 300, "it stops as soon as the batch is learnt"


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(run):
    one, same, other = (
        run(*DIGITS, "trainer.deterministic=true", "trainer.epochs=2", f"seed={seed}") for seed in "112"
    )

    assert one.history == same.history
    assert all(map(np.array_equal, one.model.get_weights(), same.model.get_weights()))
    assert one.history != other.history
    assert one.splits.fingerprint == other.splits.fingerprint, "the seed moves no example to another split"


def test_a_loss_that_is_no_number_fails_the_run_and_registers_nothing(run, tmp_path):
    with pytest.raises(TrainingDiverged, match=r"became (nan|inf) in epoch \d.*optimizer.learning_rate=1e\+30"):
        run(*DIGITS, f"paths.store={tmp_path}", "optimizer=sgd", "optimizer.learning_rate=1e30", "trainer.epochs=5")

    client, failed = only_run(tmp_path)
    assert failed.info.status == "FAILED"
    assert failed.data.tags["reason"].startswith("TrainingDiverged")
    assert len(client.get_metric_history(failed.info.run_id, "loss")) == 1, "it stopped at once and kept what it had"
    assert not client.search_registered_models()


def test_a_mistake_that_only_keras_can_see_is_one_line_and_fails_the_run(run, tmp_path):
    with pytest.raises(UserError, match=r"model: .* output size would be zero[^\n]*$"):
        run("data=digits", "model=basic_cnn", "model.filters=[8,8,8,8]", f"paths.store={tmp_path}")

    assert only_run(tmp_path)[1].info.status == "FAILED"


@pytest.mark.parametrize(
    ("number", "code", "reason"), [(signal.SIGINT, 130, "Ctrl-C"), (signal.SIGTERM, 143, "SIGTERM")]
)
def test_an_interrupted_run_is_killed_and_keeps_its_best_epoch(tmp_path, number, code, reason):
    overrides = [
        *DIGITS,
        "trainer.epochs=100000",
        "callbacks.early_stopping.patience=100000",
        f"paths.store={tmp_path}",
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments.train", *overrides],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 (a background job has it ignored)
    )
    lines = iter(process.stdout.readline, "")
    assert any(line.startswith("Epoch 3/") for line in lines)
    process.send_signal(number)
    rest = process.communicate(timeout=60)[0]

    assert process.returncode == code
    assert "Traceback" not in rest
    assert "cut short after" in rest
    client, killed = only_run(tmp_path)
    assert (killed.info.status, killed.data.tags["reason"]) == ("KILLED", reason)
    assert killed.data.metrics["best_epoch"] >= 1
    assert len(client.get_metric_history(killed.info.run_id, "val_accuracy")) >= 2
    assert not client.search_registered_models()
    loaded = mlflow.pyfunc.load_model(
        client.get_logged_model(killed.outputs.model_outputs[0].model_id).artifact_location
    )
    assert loaded.metadata.signature


def test_a_tracked_run_that_was_deleted_in_the_meantime_costs_no_model(run, tmp_path, monkeypatch):
    from experiments.tracking.mlflow_tracker import MlflowTracker

    log_metrics = MlflowTracker.log_metrics

    def deleted(self, result):
        self._writer.client.delete_run(self._writer.run_id)
        log_metrics(self, result)

    monkeypatch.setattr(MlflowTracker, "log_metrics", deleted)
    here = ("model=mlp", "data=digits", "trainer.epochs=1", "callbacks=[none]", f"paths.runs={tmp_path}")
    with pytest.raises(UserError, match=r"in the 'active' state(.|\n)*there are .*model\.keras, .*results\.json"):
        run(*here, "run_name=deleted")

    assert (tmp_path / "deleted" / "model.keras").is_file()


def test_an_artifact_store_that_fails_loses_neither_metrics_nor_model(run, tmp_path, monkeypatch):
    """The folder of the artifacts turns into a file when training ends."""
    from experiments.trainers.keras_fit import KerasFit

    fit = KerasFit.fit

    def fit_and_break_the_store(self, model, splits, *others):
        fit(self, model, splits, *others)
        shutil.rmtree(tmp_path / "artifacts")
        (tmp_path / "artifacts").write_text("in the way")

    monkeypatch.setattr(KerasFit, "fit", fit_and_break_the_store)
    with pytest.raises(UserError, match=r"trained to its end, but not all(.|\n)*model\.keras.*results\.json"):
        run(*DIGITS, f"paths.store={tmp_path}", "trainer.epochs=1")

    failed = only_run(tmp_path)[1]
    (folder,) = (tmp_path / "runs").iterdir()
    assert failed.info.status == "FAILED"
    assert "test_accuracy" in failed.data.metrics
    assert json.loads((folder / "results.json").read_text())["test"]["accuracy"] > 0
    assert keras.saving.load_model(folder / "model.keras").count_params() > 0


@pytest.mark.parametrize(("error", "status"), [(ValueError("no scores"), "FAILED"), (KeyboardInterrupt(), "KILLED")])
def test_a_model_that_could_not_be_scored_is_kept(run, tmp_path, monkeypatch, error, status):
    def fails(*arguments):
        raise error

    monkeypatch.setattr("experiments.trainers.scoring.score", fails)
    with pytest.raises(type(error)):
        run(*DIGITS, f"paths.store={tmp_path}", "trainer.epochs=1", "pictures=none")

    client, ended = only_run(tmp_path)
    (folder,) = (tmp_path / "runs").iterdir()
    assert ended.info.status == status
    assert "best_val_accuracy" in ended.data.metrics
    assert not [name for name in ended.data.metrics if name.startswith("test_")]
    assert keras.saving.load_model(folder / "model.keras").count_params() > 0
    assert ended.outputs.model_outputs
    assert not client.search_registered_models()


@pytest.mark.parametrize(
    ("history", "pruned_at", "kind", "said"),
    [
        ({"loss": [1.0], "val_loss": [0.9], "val_accuracy": [0.5]}, 0, None, ""),
        ({"loss": [1.0, np.nan]}, 2, TrainingDiverged, "the loss became nan in epoch 2"),
        ({"loss": [1.0], "val_loss": [np.nan], "val_accuracy": [0.5]}, 1, TrialPruned, "pruned after epoch 1"),
        (
            {"loss": [1.0], "val_loss": [np.nan], "val_accuracy": [0.5]},
            0,
            UserError,
            "a finite number for val_loss, so",
        ),
        (
            {"loss": [1.0], "val_loss": [0.9], "val_accuracy": [np.nan]},
            0,
            UserError,
            "a finite number for val_accuracy, so",
        ),
    ],
)
def test_why_a_run_is_not_scored(history, pruned_at, kind, said):
    objective = SimpleNamespace(metric="val_accuracy")
    record = SimpleNamespace(objective=objective, params={"optimizer.learning_rate": "0.1"})
    best = 1 if kind is None else 0

    ending = early_end(SimpleNamespace(history=history, best_epoch=best, record=record), pruned_at)

    assert type(ending) is (kind or type(None))
    assert said in str(ending)


def test_a_full_disk_loses_no_metric(tmp_path):
    """Files can grow to 1.5 MB and no further: enough for the database, too little for the model."""
    program = (
        "import resource, signal, sys\n"
        "from experiments import runner\n"
        "train = runner._train\n"
        "def then_the_disk_is_full(*arguments):\n"
        "    result = train(*arguments)\n"
        "    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))\n"
        "    return result\n"
        "runner._train = then_the_disk_is_full\n"
        "from experiments.train import main\n"
        "main()\n"
    )
    overrides = [*DIGITS, "model.units=[2000]", "trainer.epochs=1", f"paths.store={tmp_path}"]

    answer = subprocess.run([sys.executable, "-c", program, *overrides], capture_output=True, text=True, check=False)

    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert "File too large" in answer.stderr
    assert "checkpoints/best.keras" in answer.stderr
    failed = only_run(tmp_path)[1]
    assert failed.info.status == "FAILED"
    assert "test_accuracy" in failed.data.metrics


def test_a_server_takes_the_run_the_files_and_the_model(run, server, tmp_path):
    experiment = ("tracking.experiment=served", "registry.name=served")
    result = run(*DIGITS, *experiment, "trainer.epochs=1", f"tracking.uri={server.uri}", f"paths.store={tmp_path}")

    client = server.client()
    (found,) = client.search_runs([client.get_experiment_by_name("served").experiment_id])
    assert found.info.status == "FINISHED"
    assert found.data.metrics["test_accuracy"] == pytest.approx(result.test["accuracy"])
    assert "plots" in {item.path for item in client.list_artifacts(found.info.run_id)}
    assert client.get_model_version_by_alias("served", "champion").tags["run_name"] == result.record.name
    assert not list(tmp_path.glob("mlflow.db*"))
