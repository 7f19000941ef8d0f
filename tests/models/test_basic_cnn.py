import keras
import pytest

from experiments.models.basic_cnn import basic_cnn


def of_shape(shape, **knobs):
    return basic_cnn(
        input_shape=shape, input_dtype="uint8", preprocessing=keras.layers.Rescaling(1 / 255), outputs=10, **knobs
    )


@pytest.mark.parametrize(
    ("shape", "knobs", "parameters"),
    [
        ([28, 28, 1], {}, 1_676_266),
        (
            [8, 8, 3],
            {"filters": [4], "kernel_size": 5, "units": 6},
            (25 * 3 * 4 + 4) + (25 * 4 * 4 + 4) + (4 * 4 * 4 * 6 + 6) + (6 * 10 + 10),
        ),
    ],
)
def test_parameters(shape, knobs, parameters):
    assert of_shape(shape, **knobs).count_params() == parameters


def test_convolutions_keep_the_size_and_each_block_halves_it():
    shapes = [layer.output.shape[1:] for layer in of_shape([28, 28, 1]).layers if "2d" in layer.name]

    assert shapes == [(28, 28, 32), (28, 28, 32), (14, 14, 32), (14, 14, 64), (14, 14, 64), (7, 7, 64)]


def test_dropout_follows_every_block_and_the_dense_layer():
    kinds = [type(layer).__name__ for layer in of_shape([8, 8, 1]).layers]

    assert kinds[2:] == [
        *("Conv2D", "Conv2D", "MaxPooling2D", "Dropout"),
        *("Conv2D", "Conv2D", "MaxPooling2D", "Dropout"),
        *("Flatten", "Dense", "Dropout", "Dense"),
    ]
