import keras
import mlflow
import numpy as np
import pytest

from experiments.tracking.autologging import autologging
from experiments.tracking.writes import WRITES


@pytest.fixture
def client(tmp_path):
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    return mlflow.MlflowClient()


def to(client, run):
    return lambda kind, **arguments: WRITES[kind](client, run.info.run_id, **arguments)


def fit(tmp_path, epochs, *callbacks):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(name="plain"), "mse")
    x, y = np.zeros((8, 2), "float32"), np.zeros((8, 1), "float32")
    board = keras.callbacks.TensorBoard(str(tmp_path / "tensorboard"))
    model.fit(x, y, epochs=epochs, validation_data=(x, y), callbacks=[*callbacks, board], verbose=0)


def test_every_epoch_arrives_before_the_block_ends(client, tmp_path):
    run = mlflow.start_run(experiment_id=client.create_experiment("x", artifact_location=tmp_path.as_uri()))
    with autologging(to(client, run)):
        fit(tmp_path, epochs=3)

    assert [point.step for point in client.get_metric_history(run.info.run_id, "val_loss")] == [0, 1, 2]
    assert set(client.get_run(run.info.run_id).data.metrics) == {"loss", "val_loss"}
    assert client.get_run(run.info.run_id).data.params["opt_name"] == "plain"
    assert {item.path for item in client.list_artifacts(run.info.run_id)} == {"model_summary.txt", "tensorboard_logs"}
    mlflow.end_run()


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = epoch == 1


@pytest.mark.parametrize(
    "stopping",
    [
        keras.callbacks.EarlyStopping("loss", patience=1, restore_best_weights=True),
        Stop(),
    ],
)
def test_a_fit_that_is_stopped_has_as_many_epochs_as_were_trained(client, tmp_path, stopping):
    run = mlflow.start_run(experiment_id=client.create_experiment("z", artifact_location=tmp_path.as_uri()))
    with autologging(to(client, run)):
        fit(tmp_path, 9, stopping, keras.callbacks.EarlyStopping("loss", patience=9))

    assert [point.step for point in client.get_metric_history(run.info.run_id, "loss")] == [0, 1]
    assert set(client.get_run(run.info.run_id).data.metrics) == {"loss", "val_loss"}
    assert "tensorboard_logs" in {item.path for item in client.list_artifacts(run.info.run_id)}
    mlflow.end_run()


def test_outside_the_block_nothing_is_logged(client, tmp_path):
    run = mlflow.start_run(experiment_id=client.create_experiment("y", artifact_location=tmp_path.as_uri()))
    with autologging(to(client, run)):
        pass
    fit(tmp_path, epochs=1)

    assert not client.get_run(run.info.run_id).data.metrics
    mlflow.end_run()
