from itertools import pairwise

import matplotlib.image
import numpy as np
import pytest
from matplotlib.colors import same_color

from experiments.plots.confusion_matrix import confusion_matrix
from experiments.plots.figure import save_png

FASHION = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]


def numbers(axes):
    """Return what is written into the cells, by (true, predicted)."""
    return {(text.get_position()[1], text.get_position()[0]): text.get_text() for text in axes.texts}


def random_classes(classes, count=2000):
    labels, predicted = np.random.default_rng(0).integers(0, classes, (2, count))
    return labels, np.where(np.arange(count) % 4, labels, predicted)


@pytest.mark.parametrize(
    ("labels", "predicted", "counts", "shares"),
    [
        ([0, 0, 0, 1], [0, 0, 1, 1], {(0, 0): "2", (0, 1): "1", (1, 1): "1"}, [[2 / 3, 1 / 3], [0, 1]]),
        ([1, 1], [0, 0], {(1, 0): "2"}, [[0, 0], [1, 0]]),  # a class without examples has no share
        ([0] * 1234, [0] * 1234, {(0, 0): "1234"}, [[1, 0], [0, 0]]),
    ],
)
def test_counts_are_written_and_shares_of_the_true_class_coloured(labels, predicted, counts, shares):
    figure = confusion_matrix(np.array(labels), np.array(predicted), class_names=["cat", "dog"], title="")

    axes, bar = figure.axes
    assert numbers(axes) == counts
    assert np.asarray(axes.images[0].get_array()) == pytest.approx(np.array(shares))
    assert axes.images[0].get_clim() == (0, 1)
    assert bar.get_ylabel() == "share of the true class"


@pytest.mark.parametrize(
    ("names", "numbered"),
    [
        (["cat", "dog"], True),
        (FASHION, True),
        ([f"some species {number}" for number in range(20)], True),
        ([f"some species {number}" for number in range(21)], False),
        ([str(number) for number in range(100)], False),
    ],
)
def test_axes_name_every_class(names, numbered, tmp_path):
    labels, predicted = random_classes(len(names))

    figure = confusion_matrix(labels, predicted, class_names=names, title="my run, test split")

    axes = figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted", "true")
    assert figure.get_suptitle() == "my run, test split"
    assert [label.get_text() for label in axes.get_xticklabels()] == names
    assert [label.get_text() for label in axes.get_yticklabels()] == names
    assert bool(axes.texts) is numbered
    assert np.trace(axes.images[0].get_array()) / len(names) == pytest.approx(0.75 + 0.25 / len(names), abs=0.05)
    height, width, _ = matplotlib.image.imread(save_png(figure, tmp_path / "matrix.png")).shape
    assert [height, width] == pytest.approx([100 * side for side in figure.get_size_inches()[::-1]], abs=1)
    assert 400 <= height < width <= 1700


@pytest.mark.parametrize(("names", "slanted"), [(["0", "1"], False), (["cat", "dog"], False), (["cats", "dogs"], True)])
def test_long_names_are_slanted(names, slanted):
    axes = confusion_matrix(np.array([0, 1]), np.array([0, 1]), class_names=names, title="").axes[0]

    assert {label.get_rotation() > 0 for label in axes.get_xticklabels()} == {slanted}


def test_numbers_stand_out_from_their_cells():
    figure = confusion_matrix(np.array([0] * 10), np.array([0] * 9 + [1]), class_names=["a", "b"], title="")

    dark, light = figure.axes[0].texts
    assert same_color(dark.get_color(), "white")
    assert same_color(light.get_color(), "black")


@pytest.mark.parametrize(
    "names", [["0", "1", "2"], FASHION, [f"the_class_with_a_long_name_{number}" for number in range(100)]]
)
def test_names_of_classes_do_not_overlap(names):
    labels, predicted = random_classes(len(names))
    figure = confusion_matrix(labels, predicted, class_names=names, title="")
    figure.draw_without_rendering()

    boxes = [label.get_window_extent() for label in figure.axes[0].get_yticklabels()]
    assert not any(a.overlaps(b) for a, b in pairwise(boxes))
    ends = [label.get_window_extent().x1 for label in figure.axes[0].get_xticklabels()]
    upright = figure.axes[0].get_xticklabels()[0].get_rotation() == 90
    line = max(box.height for box in boxes)
    assert min(np.diff(ends)) > (line if upright or len(names) == 3 else line * 2**0.5)
    assert all(box.x0 >= 0 for box in boxes)


def test_a_long_title_is_not_cut():
    title = "text_average-synthetic_texts-1121-232559-znw, test split"

    figure = confusion_matrix(np.array([0, 1]), np.array([0, 1]), class_names=["cat", "dog"], title=title)
    figure.draw_without_rendering()

    box = figure._suptitle.get_window_extent()
    assert 0 <= box.x0 < box.x1 <= figure.bbox.width
