import keras
import numpy as np

from experiments.models.functional import call_once
from experiments.models.subclassed_cnn import SubclassedCNN

IMAGES = np.random.default_rng(0).integers(0, 256, (4, 28, 28, 1)).astype("uint8")


def network(**knobs):
    model = SubclassedCNN(preprocessing=keras.layers.Rescaling(1 / 255), outputs=10, **knobs)
    call_once(model, input_shape=(28, 28, 1), input_dtype="uint8")
    return model


def test_it_is_the_network_of_the_tutorial():
    model = network(output_activation="linear")

    assert [tuple(weight.shape) for weight in model.weights] == [
        *((3, 3, 1, 32), (32,)),
        *((26 * 26 * 32, 128), (128,)),
        *((128, 10), (10,)),
    ]
    assert model(IMAGES).shape == (4, 10)
    assert float(keras.ops.min(model(IMAGES))) < 0


def test_the_knobs_reach_the_layers():
    model = network(filters=4, kernel_size=5, units=8, activation="tanh", dropout=0.5, l2=0.01)

    assert model.convolution.kernel.shape == (5, 5, 1, 4)
    assert model.hidden.units == 8
    assert model.hidden.activation.__name__ == model.convolution.activation.__name__ == "tanh"
    assert len(model.losses) == 3
    assert not np.allclose(model(IMAGES, training=True), model(IMAGES, training=False))


def test_a_file_of_it_loads_with_the_same_predictions(tmp_path):
    model = network(filters=4, units=8, l2=0.01, name="mine")
    model.save(tmp_path / "model.keras")

    loaded = keras.saving.load_model(tmp_path / "model.keras")

    assert (type(loaded), loaded.name) == (SubclassedCNN, "mine")
    assert np.array_equal(loaded.predict(IMAGES, verbose=0), model.predict(IMAGES, verbose=0))
    assert loaded.knobs == model.knobs


def test_fit_tells_the_layers_that_they_are_in_training():
    preprocessing = keras.Sequential([keras.layers.Rescaling(1 / 255), keras.layers.GaussianNoise(0.1)])
    model = SubclassedCNN(preprocessing=preprocessing, outputs=10, filters=4, units=8, dropout=0.5)
    model.compile("sgd", "sparse_categorical_crossentropy")

    model.fit(IMAGES, np.zeros(4), verbose=0)

    assert [int(layer.seed_generator.state[1]) for layer in (model.dropout, preprocessing.layers[1])] == [1, 1]
