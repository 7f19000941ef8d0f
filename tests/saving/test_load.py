import json

import pytest

from experiments.errors import UserError
from experiments.saving import formats
from experiments.saving.load import load_predict


def plan_of_an_unknown_layer(folder):
    layer = {"module": "mine", "class_name": "Unknown", "config": {}, "registered_name": "Unknown"}
    (folder / "architecture.json").write_text(json.dumps(layer))
    (folder / "model.weights.h5").touch()


@pytest.mark.parametrize(
    ("make", "name", "fragment"),
    [
        (lambda folder: None, "nothing.keras", "there is no model at"),
        (lambda folder: (folder / "model.onnx").write_text(""), "model.onnx", "is no model: known are .keras"),
        (lambda folder: (folder / "empty").mkdir(), "empty", "it has no saved_model.pb"),
        (plan_of_an_unknown_layer, "model.weights.h5", "architecture.json cannot be loaded: Could not locate class"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path, make, name, fragment):
    make(tmp_path)

    with pytest.raises(UserError) as refusal:
        load_predict(tmp_path / name)

    assert fragment in str(refusal.value)


def test_weights_without_their_architecture_are_refused_with_the_cure(trained, tmp_path):
    file = formats.weights(trained.model, tmp_path, None)

    with pytest.raises(UserError) as refusal:
        load_predict(file)

    assert "saving=[weights,architecture]" in str(refusal.value)


def test_weights_of_another_model_than_the_architecture_are_refused_with_both_shapes(trained, tmp_path):
    import keras

    formats.weights(trained.model, tmp_path, None)
    other = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(3, name="narrow")])
    formats.architecture(other, tmp_path, None)

    with pytest.raises(
        UserError, match=r"does not fit the model of architecture.json beside it: kernel of layer narrow"
    ):
        load_predict(tmp_path / "model.weights.h5")
