import shutil
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from tests.hub_modules import write_module

from experiments.errors import UserError
from experiments.layers.saved_model_embedding import SavedModelEmbedding
from experiments.saving import formats
from experiments.saving.load import load_predict

TEXTS = np.array(["Good film", "bad bad", "unknown", ""], dtype=object)
VECTORS = [[1, 2], [-2, 0], [0, 0], [0, 0]]
LOADING = """
import sys, numpy as np
from experiments.saving.load import load_predict
texts = np.array(["Good film", "bad bad", "unknown", ""], dtype=object)
print(load_predict(sys.argv[1])(texts).tolist())
"""


@pytest.fixture
def folder(tmp_path):
    return write_module(tmp_path / "module")


def network(folder, *, trainable=False):
    keras.utils.set_random_seed(0)
    inputs = keras.Input((), dtype="string")
    vectors = SavedModelEmbedding(folder, trainable=trainable, name="embedding")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(vectors))
    model.compile(keras.optimizers.Adam(0.1), "mse")
    return model


def learn(model):
    model.fit(TEXTS, np.ones((4, 1)), epochs=3, verbose=0)
    return model.predict(TEXTS, verbose=0)


@pytest.mark.parametrize("kind", ["callable", "signature", "tensorflow_1"])
def test_texts_become_the_vectors_of_the_saved_model(tmp_path, kind):
    layer = SavedModelEmbedding(write_module(tmp_path / "module", kind=kind))

    assert layer.dim == 2
    assert np.asarray(layer(tf.constant(TEXTS.tolist()))).tolist() == VECTORS
    assert layer(keras.Input((), dtype="string")).shape == (None, 2)


@pytest.mark.parametrize("kind", ["callable", "signature", "tensorflow_1"])
@pytest.mark.parametrize("trainable", [False, True])
def test_its_variables_learn_only_when_asked_to(tmp_path, kind, trainable):
    model = network(write_module(tmp_path / "module", kind=kind), trainable=trainable)
    assert len(model.trainable_weights) == 2 + trainable
    before = [weight.numpy() for weight in model.get_layer("embedding").weights]
    learn(model)
    after = model.get_layer("embedding").weights

    moved = [not np.array_equal(old, new) for old, new in zip(before, after, strict=True)]
    assert len(moved) == 2
    assert any(moved) is trainable
    assert not all(moved), "the factor was saved as one that does not learn"


def test_weights_that_are_given_back_are_the_ones_it_computes_with(folder):
    model = network(folder, trainable=True)
    before, weights = model.predict(TEXTS, verbose=0), model.get_weights()
    assert not np.allclose(learn(model), before)

    model.set_weights(weights)

    np.testing.assert_array_equal(model.predict(TEXTS, verbose=0), before)


@pytest.mark.parametrize(("kind", "trainable"), [("callable", False), ("callable", True), ("tensorflow_1", True)])
def test_a_kept_model_holds_the_saved_model_and_predicts_the_same_in_a_fresh_process(tmp_path, kind, trainable):
    folder = write_module(tmp_path / "module", kind=kind)
    model = network(folder, trainable=trainable)
    learnt = learn(model)
    model.save(tmp_path / "model.keras")
    shutil.rmtree(folder)

    command = [sys.executable, "-c", LOADING, str(tmp_path / "model.keras")]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    assert answer.stdout == f"{learnt.tolist()}\n"


def test_a_loaded_model_learns_on_and_can_be_kept_again(folder, tmp_path):
    model = network(folder, trainable=True)
    first = learn(model)
    model.save(tmp_path / "first.keras")
    shutil.rmtree(folder)

    loaded = keras.saving.load_model(tmp_path / "first.keras")
    second = learn(loaded)
    loaded.save(tmp_path / "second.keras")
    example = formats.saved_model(loaded, tmp_path, TEXTS[:1])

    np.testing.assert_allclose(second, learn(model), rtol=1e-5)  # as if it had never been away
    assert not np.allclose(first, second)
    for kept in (tmp_path / "second.keras", example):
        np.testing.assert_allclose(load_predict(kept)(TEXTS), second, rtol=1e-6)


def test_the_variables_are_kept_once(folder, tmp_path):
    import zipfile

    network(folder).save(tmp_path / "model.keras")

    names = zipfile.ZipFile(tmp_path / "model.keras").namelist()
    assert any(name.endswith("embedding/saved_model.pb") for name in names)
    assert not [name for name in names if "variables" in name]


@pytest.mark.parametrize(
    ("kind", "fragment"),
    [
        ("lengths", "maps 2 texts to int32 of shape (2,); wanted: numbers of shape (batch, dim)"),
        ("numbers", "does not take texts ("),
        (
            "nothing",
            "cannot be called on texts: it has no __call__ and none of the signatures serving_default, default",
        ),
    ],
)
def test_a_saved_model_of_something_else_is_one_clear_error(tmp_path, kind, fragment):
    with pytest.raises(UserError) as refusal:
        SavedModelEmbedding(write_module(tmp_path / "module", kind=kind))

    assert fragment in str(refusal.value)
    assert str(tmp_path / "module") in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_broken_folder_is_one_clear_error(tmp_path):
    (tmp_path / "saved_model.pb").write_text("broken")

    with pytest.raises(UserError, match="cannot be loaded as a SavedModel"):
        SavedModelEmbedding(tmp_path)
