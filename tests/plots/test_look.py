import warnings

import numpy as np
import pytest

from experiments.plots.figure import new_figure, save_png
from experiments.plots.look import Look


def drawn(images, tmp_path):
    """Return what each image looks like after it is drawn: the colour of its first pixel, 0 to 255."""
    figure, look = new_figure(1, 1), Look.of(images)
    panels = figure.subplots(1, len(images), squeeze=False)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for axes, image in zip(panels, images, strict=True):
            look.show(axes, image)
        save_png(figure, tmp_path / "a.png")
    return [tuple(int(part) for part in axes.images[0].make_image(None, unsampled=True)[0][0, 0]) for axes in panels]


def flat(*values, channels=1, dtype=np.uint8):
    """Return an image of one value for each of these."""
    return np.ones((len(values), 6, 6, channels), dtype) * np.array(values, dtype).reshape(-1, 1, 1, 1)


@pytest.mark.parametrize(
    ("images", "brightness"),
    [
        (flat(30, 220), [225, 35]),  # ink on paper
        (flat(0, 16), [255, 0]),  # dim bytes, such as the digits'
        (flat(-1.0, 0.0, 1.0, dtype=np.float32), [255, 127, 0]),
        (flat(0.0, np.nan, 1.0, dtype=np.float32), [255, 255, 0]),
        (flat(False, True, dtype=bool), [255, 0]),
        (flat(30, 220, channels=3), [30, 220]),
        (flat(0.0, 255.0, channels=3, dtype=np.float32), [0, 255]),
        (flat(-1.0, 0.0, 1.0, channels=3, dtype=np.float32), [0, 127, 255]),
        (flat(0, 30000, 60000, channels=3, dtype=np.uint16), [0, 127, 255]),
        (flat(7.0, 7.0, channels=3, dtype=np.float32), [0, 0]),
    ],
)
def test_images_of_a_figure_share_one_scale(images, brightness, tmp_path):
    colours = drawn(images, tmp_path)

    seen = [red if alpha else 255 for red, _, _, alpha in colours]  # what is no number is left as paper
    assert seen == pytest.approx(brightness, abs=1)


@pytest.mark.parametrize(
    ("channels", "colour", "caption"),
    [
        (1, (245, 245, 245, 255), ""),
        (2, (245, 245, 245, 255), "channel 1 of 2 in grey"),
        (3, (10, 20, 30, 255), ""),
        (4, (10, 20, 30, 255), "channels 1-3 of 4 as red, green and blue"),
        (5, (10, 20, 30, 255), "channels 1-3 of 5 as red, green and blue"),
    ],
)
def test_any_number_of_channels_can_be_shown(channels, colour, caption, tmp_path):
    images = np.zeros((1, 6, 6, channels), np.uint8) + np.uint8([10, 20, 30, 40, 200])[:channels]
    images[0, 5, 5] = 255

    (seen,) = drawn(images, tmp_path)

    assert seen == pytest.approx(colour, abs=1)
    assert Look.of(images).caption == caption
