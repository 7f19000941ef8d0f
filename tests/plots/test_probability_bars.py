from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_rgba

from experiments.plots.figure import save_png
from experiments.plots.probability_bars import probability_bars

IMAGES = np.random.default_rng(0).integers(0, 256, (20, 6, 6, 1), dtype=np.uint8)


def draw(probabilities, labels, classes, **options):
    names = [f"class {number}" for number in range(classes)]
    return probability_bars(
        IMAGES[: len(labels)], np.array(labels), np.array(probabilities), class_names=names, title="a run", **options
    )


def colours(axes):
    return [tuple(patch.get_facecolor()) for patch in axes.patches]


@pytest.mark.parametrize(
    ("label", "title_colour", "bar_colours"),
    [(1, "blue", ["grey", "blue", "grey"]), (2, "red", ["grey", "red", "blue"])],
)
def test_the_true_class_is_blue_and_a_wrong_guess_red(label, title_colour, bar_colours):
    picture, bars = draw([[0.1, 0.7, 0.2]], [label], 3).axes[:2]

    assert picture.get_title() == f"class 1, 70%\n(true: class {label})"
    assert picture.title.get_color() == title_colour
    assert colours(bars) == [to_rgba(colour) for colour in bar_colours]
    assert [patch.get_width() for patch in bars.patches] == [0.1, 0.7, 0.2]
    assert [text.get_text() for text in bars.get_yticklabels()] == ["class 0", "class 1", "class 2"]


def test_of_a_hundred_classes_the_ten_likeliest_are_shown(tmp_path):
    chances = np.full((1, 100), 0.001)
    chances[0, 40:50] = np.linspace(0.05, 0.1, 10)

    figure = draw(chances, [99], 100)

    assert [text.get_text() for text in figure.axes[1].get_yticklabels()] == [f"class {n}" for n in range(40, 50)]
    assert save_png(figure, tmp_path / "bars.png").stat().st_size > 1000


@pytest.mark.parametrize(("count", "rows", "columns", "shown"), [(20, 5, 3, 15), (20, 1, 2, 2), (2, 5, 3, 2)])
def test_as_many_pairs_as_fit(count, rows, columns, shown):
    figure = draw([[0.4, 0.6]] * count, [0] * count, 2, rows=rows, columns=columns)

    assert len([axes for axes in figure.axes if axes.images]) == shown
    assert len([axes for axes in figure.axes if axes.patches]) == shown


def test_long_names_are_neither_clipped_nor_overlapping():
    names = [f"WWWWWWWWWWWWWWWW{number:02d}" for number in range(10)]
    images, labels, chances = IMAGES[:6], np.arange(6), np.eye(10)[:6]
    figure = probability_bars(images, labels, chances, class_names=names, title="a run", rows=2)
    figure.draw_without_rendering()

    width, height = figure.bbox.size
    titles = [axes.title.get_window_extent() for axes in figure.axes if axes.images]
    panels = [axes.get_tightbbox() for axes in figure.axes if axes.patches]
    assert all(0 <= box.x0 < box.x1 <= width and 0 <= box.y0 < box.y1 <= height for box in titles + panels)
    assert not any(title.overlaps(panel) for title in titles for panel in panels)
    assert not any(a.overlaps(b) for a, b in pairwise(titles))
