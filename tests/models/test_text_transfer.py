import keras
import numpy as np
import pytest
from tests.hub_modules import write_module

from experiments.errors import UserError
from experiments.models.text_transfer import text_transfer

VECTORS = {"good": [1.0, 0.0], "bad": [-1.0, 0.0], "film": [0.0, 2.0]}
TEXTS = np.array(["Good film!", "bad, bad and unknown", ""], dtype=object)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("".join(f"{word} {first} {second}\n" for word, (first, second) in VECTORS.items()))
    return path


def model(file, **knobs):
    preprocessing = keras.layers.TextVectorization(max_tokens=3, output_sequence_length=6)
    preprocessing.adapt(["words of the training texts"])
    arguments = {"input_shape": [], "input_dtype": "string", "outputs": 2, "units": [], "output_activation": "linear"}
    return text_transfer(preprocessing=preprocessing, vectors=str(file), **(arguments | knobs))


def test_texts_become_the_average_of_their_words_vectors_and_unknown_words_are_zeros(file):
    built = model(file)
    built.get_layer("outputs").set_weights([np.eye(2, dtype=np.float32), np.zeros(2, np.float32)])

    np.testing.assert_allclose(built.predict(TEXTS, verbose=0), [[0.5, 1.0], [-0.5, 0.0], [0.0, 0.0]])


@pytest.mark.parametrize("fine_tune", [False, True])
def test_the_vectors_learn_only_when_asked_to(file, fine_tune):
    built = model(file, fine_tune=fine_tune)
    built.compile("sgd", "mse")
    before = built.get_layer("embedding").get_weights()[0]
    built.fit(TEXTS, np.ones((3, 2)), verbose=0)

    assert np.array_equal(before, built.get_layer("embedding").get_weights()[0]) is not fine_tune


def test_a_saved_model_needs_the_file_no_more(file, tmp_path):
    built = model(file, units=[4])
    built.save(tmp_path / "model.keras")
    file.unlink()

    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict(TEXTS, verbose=0), built.predict(TEXTS, verbose=0))


def test_fewer_vectors_can_be_used(file):
    assert model(file, max_words=1).get_layer("embedding").get_weights()[0].tolist() == [[0, 0], [0, 0], [1, 0]]


@pytest.fixture
def folder(tmp_path):
    return write_module(tmp_path / "module")


def test_texts_become_the_vectors_of_a_saved_model(folder):
    built = model(folder)
    built.get_layer("outputs").set_weights([np.eye(2, dtype=np.float32), np.zeros(2, np.float32)])

    np.testing.assert_allclose(built.predict(TEXTS, verbose=0), [[1, 0], [-1, 0], [0, 0]])  # "film!" is unknown
    assert not any(isinstance(layer, keras.layers.TextVectorization) for layer in built.layers)


@pytest.mark.parametrize("fine_tune", [False, True])
def test_a_saved_model_learns_only_when_asked_to(folder, fine_tune):
    built = model(folder, fine_tune=fine_tune)
    built.compile("sgd", "mse")
    before = built.get_layer("embedding").get_weights()[0]
    built.fit(TEXTS, np.ones((3, 2)), verbose=0)

    assert np.array_equal(before, built.get_layer("embedding").get_weights()[0]) is not fine_tune


def test_a_saved_model_without_anything_to_train_cannot_be_fine_tuned(tmp_path):
    with pytest.raises(UserError, match=r"model.fine_tune=true, but none of the variables .* can be trained"):
        model(write_module(tmp_path / "module", kind="not trainable"), fine_tune=True)
