import keras
import numpy as np
import pytest

from experiments.plots.feature_maps import feature_maps, kernels
from experiments.plots.figure import save_png

IMAGE = np.random.default_rng(0).integers(0, 256, (8, 8, 1), dtype=np.uint8)


def network(*, convolutions: int = 1, use_bias: bool = True) -> keras.Model:
    layers = [keras.Input((8, 8, 1), dtype="uint8"), keras.layers.Rescaling(1 / 255)]
    for _ in range(convolutions):
        layers += [keras.layers.Conv2D(5, 3, padding="same", use_bias=use_bias), keras.layers.MaxPooling2D(2)]
    return keras.Sequential([*layers, keras.layers.Flatten(), keras.layers.Dense(2)])


@pytest.mark.parametrize(("convolutions", "layers", "rows"), [(1, 4, 2), (2, 4, 4), (3, 3, 3)])
def test_each_layer_has_a_row_of_its_maps_under_its_name_and_size(convolutions, layers, rows):
    model = network(convolutions=convolutions)

    figure = feature_maps(model, IMAGE, title="inside", layers=layers)

    maps = [axes for axes in figure.axes if axes.images][1:]
    titles = [axes.get_title(loc="left") for axes in maps if axes.get_title(loc="left")]
    assert len(maps) == 5 * rows
    assert [title.partition(": ")[2] for title in titles[:2]] == ["5 maps of 8 x 8", "5 maps of 4 x 4"]
    convolution = model.layers[1](IMAGE[np.newaxis] / 255.0)
    np.testing.assert_allclose(maps[2].images[0].get_array(), convolution[0, :, :, 2], rtol=1e-4, atol=1e-5)


class Subclassed(keras.Model):
    def __init__(self, dtype):
        super().__init__(dtype=dtype)
        self.convolution = keras.layers.Conv2D(3, 3, dtype=dtype)
        self.out = keras.layers.Dense(2, dtype="float32")

    def call(self, images):
        return self.out(keras.ops.mean(self.convolution(images / 255), axis=(1, 2)))


@pytest.mark.parametrize("dtype", ["float32", "mixed_float16", "mixed_bfloat16"])
def test_a_subclassed_model_is_looked_into_after_each_epoch_in_any_precision(tmp_path, dtype):
    model = Subclassed(dtype)
    model(keras.Input(IMAGE.shape))

    for epoch in range(2):
        figure = feature_maps(model, IMAGE, title=f"epoch {epoch}")

    maps = [axes.images[0].get_array() for axes in figure.axes if axes.images][1:]
    expected = keras.ops.cast(model.convolution(IMAGE[np.newaxis] / 255.0), "float32")
    np.testing.assert_allclose(np.moveaxis(expected[0], -1, 0), maps, rtol=0.05, atol=0.02)
    assert save_png(figure, tmp_path / "maps.png").stat().st_size > 1000


@pytest.mark.parametrize("use_bias", [True, False])
def test_kernels_are_drawn_with_their_shapes(use_bias):
    model = network(use_bias=use_bias)

    figure = kernels(model, title="inside")

    drawn = [axes for axes in figure.axes if axes.images]
    np.testing.assert_allclose(drawn[3].images[0].get_array(), model.layers[1].get_weights()[0][:, :, 0, 3])
    assert f"kernel (3, 3, 1, 5), bias ({'5' if use_bias else '0'},)" in figure.get_suptitle()


def test_a_model_without_convolutions_has_neither():
    model = network(convolutions=0)

    assert feature_maps(model, IMAGE, title="") is None
    assert kernels(model, title="") is None


@pytest.mark.parametrize(("channels", "label"), [(1, "weight"), (3, "mean weight\nover 3 input channels")])
def test_the_scale_of_kernels_and_maps_is_told(channels, label):
    image = np.zeros((8, 16, channels), np.uint8)
    model = keras.Sequential([keras.Input(image.shape), keras.layers.Conv2D(4, 3)])

    assert kernels(model, title="").axes[-1].get_ylabel() == label
    assert feature_maps(model, image, title="inside").get_suptitle() == "inside: each map on a scale of its own"


def test_channels_of_the_input_that_are_not_shown_are_named():
    model = keras.Sequential([keras.Input((8, 8, 2)), keras.layers.Conv2D(4, 3)])

    title = feature_maps(model, np.zeros((8, 8, 2), np.uint8), title="inside").get_suptitle()

    assert title == "inside: each map on a scale of its own; input: channel 1 of 2 in grey"
