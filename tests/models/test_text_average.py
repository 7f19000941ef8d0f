import keras
import numpy as np
import pytest

from experiments.models.text_average import text_average

TEXTS = np.array(["a good film", "a bad film , a very bad one", "", "good"], dtype=object)


def vectorizer(**options):
    layer = keras.layers.TextVectorization(**({"max_tokens": 50, "output_sequence_length": 5} | options))
    layer.adapt(TEXTS)
    return layer


def model(preprocessing=None, **knobs):
    arguments = {"input_shape": [], "input_dtype": "string", "outputs": 1, "output_activation": "sigmoid"} | knobs
    return text_average(preprocessing=preprocessing or vectorizer(), **arguments)


@pytest.mark.parametrize(
    ("options", "knobs", "parameters"),
    [
        ({"max_tokens": 10_000, "output_sequence_length": 256}, {}, 160_289),  # the tutorial's
        ({}, {"embedding_dim": 3, "units": [4, 2], "outputs": 7}, 50 * 3 + (3 * 4 + 4) + (4 * 2 + 2) + (2 * 7 + 7)),
        ({"max_tokens": None}, {"embedding_dim": 1, "units": []}, (2 + 6) * 1 + 2),  # padding, unknown, six words
    ],
)
def test_parameters(options, knobs, parameters):
    assert model(vectorizer(**options), **knobs).count_params() == parameters


@pytest.mark.parametrize("skip_padding", [False, True])
def test_it_averages_the_vectors_of_the_words_with_or_without_the_padding(skip_padding):
    preprocessing = vectorizer()
    built = model(
        preprocessing, embedding_dim=2, units=[], outputs=2, output_activation="linear", skip_padding=skip_padding
    )
    vectors = built.get_layer("embedding").get_weights()[0]
    built.get_layer("outputs").set_weights([np.eye(2, dtype=np.float32), np.zeros(2, np.float32)])
    words = np.array(preprocessing(TEXTS))
    lengths = np.maximum((words > 0).sum(axis=1), 1) if skip_padding else np.full(4, 5)
    counted = vectors[words] * (words > 0)[..., None] if skip_padding else vectors[words]

    averages = built.predict(TEXTS, verbose=0)

    np.testing.assert_allclose(averages, counted.sum(axis=1) / lengths[:, None], atol=1e-6)
    assert np.isfinite(averages).all(), "an empty text too"


def test_the_knobs_reach_the_layers():
    built = model(units=[4, 3], dropout=0.4, l2=0.01, activation="tanh")

    assert [layer.rate for layer in built.layers if isinstance(layer, keras.layers.Dropout)] == [0.4, 0.4]
    dense = [layer for layer in built.layers if isinstance(layer, keras.layers.Dense)]
    assert [float(layer.kernel_regularizer.l2) for layer in dense] == pytest.approx([0.01] * 3)
    assert [layer.activation.__name__ for layer in dense] == ["tanh", "tanh", "sigmoid"]
