import keras
import pytest

from experiments.errors import LayersDoNotFit
from experiments.models.cnn import cnn


def of_shape(shape, **knobs):
    return cnn(
        input_shape=shape, input_dtype="uint8", preprocessing=keras.layers.Rescaling(1 / 255), outputs=10, **knobs
    )


@pytest.mark.parametrize(
    ("shape", "knobs", "parameters"),
    [
        # 28 -> 26 -> 13 -> 11 -> 6 pixels a side
        ([28, 28, 1], {}, (9 * 32 + 32) + (9 * 32 * 64 + 64) + (6 * 6 * 64 * 128 + 128) + (128 * 10 + 10)),
        # 8 -> 6 -> 3 -> 1 -> 1
        ([8, 8, 1], {}, (9 * 32 + 32) + (9 * 32 * 64 + 64) + (64 * 128 + 128) + (128 * 10 + 10)),
        # 32 -> 28 -> 14, three colours
        ([32, 32, 3], {"filters": [4], "kernel_size": 5, "units": []}, (25 * 3 * 4 + 4) + (14 * 14 * 4 * 10 + 10)),
        # 8 -> 6 -> 3
        ([8, 8, 1], {"filters": [2], "units": [5, 6]}, (9 * 2 + 2) + (18 * 5 + 5) + (5 * 6 + 6) + (6 * 10 + 10)),
    ],
)
def test_parameters(shape, knobs, parameters):
    assert of_shape(shape, **knobs).count_params() == parameters


@pytest.mark.parametrize("units", [[], [16], [16, 8]])
def test_dropout_precedes_every_dense_layer(units):
    kinds = [type(layer).__name__ for layer in of_shape([8, 8, 1], units=units, dropout=0.1).layers]

    after_flatten = kinds[kinds.index("Flatten") + 1 :]
    assert after_flatten == ["Dropout", "Dense"] * (len(units) + 1)


@pytest.mark.parametrize(
    ("shape", "filters", "fragment"),
    [
        ([2, 9, 1], [4], "images of 2 pixels are too small for model.filters=[4]: convolution 1 finds 2 pixels"),
        ([2, 9, 1], [4], "left for a kernel of 3. Choose model.kernel_size=2 at most."),
        ([8, 8, 1], [4, 4, 4], "convolution 3 finds 1 pixels left for a kernel of 3. Give at most 2 filters"),
    ],
)
def test_images_too_small_for_so_many_convolutions_are_refused(shape, filters, fragment):
    with pytest.raises(LayersDoNotFit) as refusal:
        of_shape(shape, filters=filters)

    assert fragment in str(refusal.value)
