import keras
import mlflow
import numpy as np
import pytest

from experiments.tracking.keras_model import log_saved_model, logged_model_uri, save_keras_model

EXAMPLE = np.arange(12, dtype="uint8").reshape(3, 4)


@pytest.fixture(scope="module")
def model():
    return keras.Sequential([keras.Input((4,), dtype="uint8"), keras.layers.Rescaling(0.1), keras.layers.Dense(2)])


def log(client, run_id, model, folder):
    save_keras_model(model, folder, example=EXAMPLE, predictions=model.predict(EXAMPLE, verbose=0))
    return log_saved_model(client, run_id, folder=folder, tags={"a": "b"}, metrics={"best_loss": 0.5}, timestamp=7)


def test_a_logged_model_comes_back_whole(client, run_id, model, tmp_path):
    uri = log(client, run_id, model, tmp_path / "saved")

    loaded = mlflow.pyfunc.load_model(uri)
    assert np.array_equal(loaded.predict(EXAMPLE), model.predict(EXAMPLE, verbose=0))
    assert np.array_equal(loaded.input_example, EXAMPLE)
    assert loaded.metadata.flavors["keras"]["keras_version"] == keras.__version__
    assert loaded.metadata.run_id == run_id
    logged = client.get_logged_model(loaded.metadata.model_id)
    assert logged.tags["a"] == "b"
    assert [(metric.key, metric.value) for metric in logged.metrics] == [("best_loss", 0.5)]
    assert logged_model_uri(client, run_id) == uri
    assert not (tmp_path / "saved").exists()


def test_a_run_without_a_model_has_no_uri(client, run_id):
    assert logged_model_uri(client, run_id) == ""


def test_logging_that_was_broken_off_goes_on_with_the_same_model(client, run_id, model, tmp_path, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(mlflow.MlflowClient, "finalize_logged_model", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            log(client, run_id, model, tmp_path / "saved")

    mended = log(client, run_id, model, tmp_path / "again")
    repeated = log(client, run_id, model, tmp_path / "and again")

    (logged,) = client.search_logged_models([client.get_run(run_id).info.experiment_id])
    assert mended == repeated == logged.model_uri
    assert logged.status == "READY"
    assert len(client.get_run(run_id).outputs.model_outputs) == 1
    assert len(client.get_metric_history(run_id, "best_loss")) == 1
