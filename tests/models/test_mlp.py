import keras
import numpy as np
import pytest

from experiments.data.scikit_learn import wine
from experiments.models.mlp import mlp


def on_mnist(**knobs):
    return mlp(
        input_shape=[28, 28, 1],
        input_dtype="uint8",
        preprocessing=keras.layers.Rescaling(1 / 255),
        outputs=10,
        **knobs,
    )


@pytest.mark.parametrize(
    ("units", "parameters"),
    [
        ([128], 101_770),  # TensorFlow's quickstart
        ([], 784 * 10 + 10),
        ([64, 32], (784 * 64 + 64) + (64 * 32 + 32) + (32 * 10 + 10)),
    ],
)
def test_parameters_on_mnist(units, parameters):
    assert on_mnist(units=units).count_params() == parameters


def test_the_quickstart_is_the_default():
    model = on_mnist()

    assert model.count_params() == 101_770
    assert [type(layer).__name__ for layer in model.layers[1:]] == ["Rescaling", "Flatten", "Dense", "Dropout", "Dense"]
    assert model.layers[-2].rate == 0.2


def test_it_computes_two_dense_layers():
    model = on_mnist(units=[16])
    hidden_kernel, hidden_bias, kernel, bias = model.get_weights()
    images = np.random.default_rng(0).integers(0, 256, (5, 28, 28, 1)).astype(np.uint8)

    hidden = np.maximum(images.reshape(5, -1) / 255 @ hidden_kernel + hidden_bias, 0)
    scores = np.exp(hidden @ kernel + bias)

    expected = scores / scores.sum(axis=1, keepdims=True)
    assert model.predict(images, verbose=0) == pytest.approx(expected, abs=1e-5)


def test_dropout_follows_every_hidden_layer():
    rates = [layer.rate for layer in on_mnist(units=[8, 8, 8], dropout=0.4).layers if "dropout" in layer.name]

    assert rates == [0.4, 0.4, 0.4]


def test_a_table_with_a_layer_that_adapts():
    raw = wine()
    normalization = keras.layers.Normalization(axis=-1)
    normalization.adapt(raw.train_inputs)

    model = mlp(input_shape=[13], input_dtype="float32", preprocessing=normalization, units=[4], outputs=3)

    normalized = keras.Model(model.inputs, model.layers[1].output).predict(raw.train_inputs, verbose=0)
    assert normalized.mean(axis=0) == pytest.approx(0, abs=1e-3)
    assert normalized.std(axis=0) == pytest.approx(1, abs=1e-3)
    assert model.predict(raw.test_inputs, verbose=0).sum(axis=1) == pytest.approx(1, abs=1e-5)
