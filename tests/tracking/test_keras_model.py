import keras
import mlflow
import numpy as np

from experiments.tracking.keras_model import log_keras_model


def test_a_logged_model_comes_back_whole(tmp_path):
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    experiment = mlflow.create_experiment("x", artifact_location=tmp_path.as_uri())
    model = keras.Sequential([keras.Input((4,), dtype="uint8"), keras.layers.Rescaling(0.1), keras.layers.Dense(2)])
    example = np.arange(12, dtype="uint8").reshape(3, 4)

    with mlflow.start_run(experiment_id=experiment):
        info = log_keras_model(model, example=example, predictions=model.predict(example, verbose=0), tags={"a": "b"})

    loaded = mlflow.pyfunc.load_model(info.model_uri)
    assert np.array_equal(loaded.predict(example), model.predict(example, verbose=0))
    assert np.array_equal(loaded.input_example, example)
    assert loaded.metadata.flavors["keras"]["keras_version"] == keras.__version__
    assert mlflow.MlflowClient().get_logged_model(info.model_id).tags["a"] == "b"
