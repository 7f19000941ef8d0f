from itertools import pairwise

import matplotlib.image
import numpy as np
import pytest
from matplotlib.colors import same_color

from experiments.data.scikit_learn import digits
from experiments.plots.figure import save_png
from experiments.plots.prediction_grid import prediction_grid

RAW = digits()
FASHION = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]


def sure_of(guesses, classes, probability=0.75):
    """Return probabilities of shape ``(n, classes)`` with the given one for each guess and the rest shared out."""
    probabilities = np.full((len(guesses), classes), (1 - probability) / (classes - 1))
    probabilities[range(len(guesses)), guesses] = probability
    return probabilities


def pictures(figure):
    """Return the panels that show something."""
    return [axes for axes in figure.axes if axes.images]


@pytest.mark.parametrize(("count", "shown", "rows"), [(1, 1, 1), (6, 6, 1), (7, 7, 2), (24, 24, 4), (360, 24, 4)])
def test_up_to_24_pictures_in_rows_of_six(count, shown, rows, tmp_path):
    labels = RAW.test_labels[:count]
    names = [str(digit) for digit in range(10)]

    figure = prediction_grid(
        RAW.test_inputs[:count], labels, sure_of(labels, 10), class_names=names, title="my run, test split"
    )

    assert len(pictures(figure)) == shown
    assert len(figure.axes) == 6 * rows
    assert not any(axes.axison for axes in figure.axes)
    assert figure.get_suptitle() == "my run, test split: blue is right, red is wrong"
    pixels = matplotlib.image.imread(save_png(figure, tmp_path / "grid.png"))
    assert pixels.shape == (round(190 * rows + 60), 1020, 4)


@pytest.mark.parametrize(
    ("names", "label", "guess", "probability", "title", "colour"),
    [
        (["cat", "dog"], 1, 1, 0.99, "dog, 99%\n(true: dog)", "blue"),
        (["cat", "dog"], 1, 0, 0.51, "cat, 51%\n(true: dog)", "red"),
        (FASHION, 0, 0, 1.0, "T-shirt/top, 100%\n(true: T-shirt/top)", "blue"),
        (FASHION, 9, 6, 0.5, "Shirt, 50%\n(true: Ankle boot)", "red"),
        ([f"class {number}" for number in range(100)], 99, 99, 0.02, "class 99, 2%\n(true: class 99)", "blue"),
        ([f"class {number}" for number in range(100)], 0, 42, 0.25, "class 42, 25%\n(true: class 0)", "red"),
    ],
)
def test_titles_are_blue_if_right_and_red_if_wrong(names, label, guess, probability, title, colour):
    figure = prediction_grid(
        RAW.test_inputs[:1],
        np.array([label]),
        sure_of([guess], len(names), probability),
        class_names=names,
        title="",
    )

    (axes,) = pictures(figure)
    assert axes.get_title() == title
    assert same_color(axes.title.get_color(), colour)


def test_each_picture_has_its_own_title():
    guesses = (RAW.test_labels[:24] + np.arange(24) % 2) % 10  # every second one is wrong
    figure = prediction_grid(
        RAW.test_inputs[:24], RAW.test_labels[:24], sure_of(guesses, 10), class_names=FASHION, title=""
    )

    for number, axes in enumerate(pictures(figure)):
        assert np.array_equal(axes.images[0].get_array(), RAW.test_inputs[number, ..., 0])
        assert axes.get_title() == f"{FASHION[guesses[number]]}, 75%\n(true: {FASHION[RAW.test_labels[number]]})"
        assert same_color(axes.title.get_color(), "red" if number % 2 else "blue")


def test_titles_of_fashion_mnist_do_not_overlap():
    labels = np.resize([0, 9], 24)  # the longest names
    figure = prediction_grid(
        RAW.test_inputs[:24], labels, sure_of(labels, 10, 1.0), class_names=FASHION, title="my run, test split"
    )
    figure.draw_without_rendering()

    boxes = [axes.title.get_window_extent() for axes in pictures(figure)]
    assert not any(a.overlaps(b) for a, b in pairwise(boxes))
    assert all(box.x0 >= 0 and box.x1 <= 1020 for box in boxes)


@pytest.mark.parametrize(("channels", "shape"), [(1, (8, 8)), (3, (8, 8, 3))])
def test_grey_and_colour_pictures(channels, shape):
    images = np.repeat(RAW.test_inputs[:2], channels, axis=-1) * 15

    figure = prediction_grid(
        images, RAW.test_labels[:2], sure_of(RAW.test_labels[:2], 10), class_names=FASHION, title=""
    )

    assert [axes.images[0].get_array().shape for axes in pictures(figure)] == [shape] * 2
