import json
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import mlflow
import numpy as np
import pytest
import yaml

from experiments.errors import UserError
from experiments.tracking.mlflow_tracker import MlflowTracker


@pytest.fixture(scope="module")
def tracked(trained, store):
    """The finished run as MLflow has it."""
    client = mlflow.MlflowClient(f"sqlite:///{store}/mlflow.db")
    (found,) = client.search_runs(
        [client.get_experiment_by_name("digits").experiment_id],
        filter_string=f"attributes.run_name = '{trained.record.name}'",
    )
    return client, found


def artifacts(client, run_id, path=""):
    for item in client.list_artifacts(run_id, path):
        yield item.path
        if item.is_dir:
            yield from artifacts(client, run_id, item.path)


def test_a_finished_run_has_its_name_status_and_summary(tracked, trained):
    _, found = tracked

    assert found.info.status == "FINISHED"
    assert found.info.run_name == trained.record.folder.name
    assert "mlp on digits: Adam, learning rate 0.001" in found.data.tags["mlflow.note.content"]


@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("model.name", "mlp"),
        ("model.units", "[128]"),
        ("model.dropout", "0.2"),
        ("optimizer.learning_rate", "0.001"),
        ("trainer.epochs", "2"),
        ("trainer.batch_size", "32"),
        ("seed", "42"),
        ("callbacks.early_stopping.monitor", "val_accuracy"),
        ("opt_name", "adam"),
        ("tracking.tags.password", "***"),
    ],
)
def test_the_resolved_config_is_searchable_as_params(tracked, param, value):
    assert tracked[1].data.params[param] == value


def test_autologging_adds_no_param_that_contradicts_the_config(tracked):
    assert not {"batch_size", "epochs", "steps_per_epoch", "validation_steps"}.intersection(tracked[1].data.params)


PROVENANCE = "git.commit host platform python device version.tensorflow version.keras seed overrides data.fingerprint"


@pytest.mark.parametrize("tag", PROVENANCE.split())
def test_provenance_is_tagged(tracked, tag):
    assert tracked[1].data.tags[tag]


def test_own_tags_and_overrides_are_kept_without_their_secrets(tracked, store):
    _, found = tracked

    assert found.data.tags["team"] == "vision"
    assert "model=mlp" in found.data.tags["overrides"]
    assert "hunter2" not in json.dumps(found.to_dictionary())
    assert not [file for file in Path(store).rglob("*") if file.is_file() and b"hunter2" in file.read_bytes()]


def test_every_epoch_and_the_learning_rate_are_logged_once(tracked, trained):
    client, found = tracked
    for name in ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"):
        points = client.get_metric_history(found.info.run_id, name)
        assert [point.step for point in points] == [0, 1]
        assert [point.value for point in points] == pytest.approx(trained.history[name])


def test_final_metrics_are_those_of_the_best_epoch_and_of_the_test(tracked, trained):
    metrics = tracked[1].data.metrics

    assert metrics["best_epoch"] == trained.best_epoch
    assert metrics["best_val_accuracy"] == pytest.approx(max(trained.history["val_accuracy"]))
    assert metrics["test_accuracy"] == pytest.approx(trained.test["accuracy"])
    assert metrics["train_seconds"] > 0
    assert not [name for name in metrics if name.startswith("validation_")], "autologging's doubles are gone"


def test_the_files_that_explain_the_run_are_kept(tracked):
    client, found = tracked
    kept = set(artifacts(client, found.info.run_id))

    assert kept >= {
        "config.yaml",
        "overrides.txt",
        "environment/packages.txt",
        "model_summary.txt",
        "plots/learning_curves.png",
        "plots/confusion_matrix.png",
        "plots/predictions.png",
        "predictions/test.npz",
        "tensorboard_logs/train",
    }
    config = yaml.safe_load(mlflow.artifacts.load_text(f"{found.info.artifact_uri}/config.yaml"))
    assert config["trainer"]["epochs"] == 2
    assert config["tracking"]["tags"]["password"] == "***"


def test_the_model_carries_signature_example_requirements_and_metrics(tracked):
    client, found = tracked
    model = client.get_logged_model(found.outputs.model_outputs[0].model_id)
    info = mlflow.models.Model.load(mlflow.artifacts.download_artifacts(model.artifact_location))

    assert info.signature.inputs.inputs[0].type == np.dtype("uint8")
    assert info.signature.inputs.inputs[0].shape == (-1, 8, 8, 1)
    assert info.saved_input_example_info["artifact_path"] == "input_example.json"
    assert "test_accuracy" in {metric.key for metric in model.metrics}
    requirements = Path(mlflow.artifacts.download_artifacts(f"{model.artifact_location}/requirements.txt")).read_text()
    assert "tensorflow==" in requirements
    assert "keras==" in requirements


def test_a_model_logged_this_way_passes_mlflows_own_check_for_serving(tracked, trained):
    from mlflow.models import convert_input_example_to_serving_input, validate_serving_input

    client, found = tracked
    uri = client.get_logged_model(found.outputs.model_outputs[0].model_id).artifact_location
    example = trained.splits.test.inputs[:3]

    served = validate_serving_input(uri, convert_input_example_to_serving_input(example))

    np.testing.assert_allclose(served, trained.model.predict(example, verbose=0), rtol=1e-6)


def test_an_experiment_opens_with_few_columns(tracked):
    client, found = tracked
    tag = client.get_experiment(found.info.experiment_id).tags["mlflow.sharedViewState.overview"]

    columns = json.loads(tag)["selectedColumns"]

    assert "metrics.`best_val_accuracy`" in columns
    assert len(columns) <= 10


@pytest.mark.parametrize(
    ("folder_is", "fragment"),
    [("a file", "cannot be written"), ("a directory where the file goes", "cannot be written")],
)
def test_a_store_that_cannot_be_written_is_found_out_at_once(tmp_path, folder_is, fragment):
    if folder_is == "a file":
        (tmp_path / "mlruns").write_text("in the way")
    else:
        (tmp_path / "mlruns" / "mlflow.db").mkdir(parents=True)
    tracker = MlflowTracker(
        uri=f"sqlite:///{tmp_path}/mlruns/mlflow.db",
        experiment="x",
        artifacts=str(tmp_path / "a"),
        outbox=str(tmp_path),
    )

    with pytest.raises(UserError, match=fragment):
        tracker.check()


def test_a_server_that_accepts_but_never_answers_is_given_up(tmp_path):
    release = threading.Event()

    class Mute(BaseHTTPRequestHandler):
        def do_GET(self):
            release.wait(10)

    server = HTTPServer(("127.0.0.1", 0), Mute)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    tracker = MlflowTracker(
        uri=f"http://127.0.0.1:{server.server_port}", experiment="x", artifacts="", outbox=str(tmp_path), timeout=0.3
    )
    with closing(server.socket), pytest.raises(UserError, match=r"does not answer .*timed out"):
        tracker.check()
    release.set()
    thread.join()
