from itertools import pairwise

import numpy as np
import pytest

from experiments.plots.image_grid import image_grid


def draw(shape, count=12, title="a run", name="WWWWWWWWWWWWWWWWWW, 100%\n(true: WWWWWWWWWWWWWWWWWW)"):
    images = np.zeros((count, *shape), np.uint8)
    figure = image_grid(images, [name] * count, columns=6, title=title)
    figure.draw_without_rendering()
    return figure, [axes for axes in figure.axes if axes.images]


@pytest.mark.parametrize(
    ("shape", "height"),
    [((8, 8, 1), 4.4), ((8, 64, 3), 1.775), ((64, 8, 1), 7.4), ((2, 200, 3), 1.7)],
)
def test_rows_are_as_high_as_the_images_ask_for(shape, height):
    figure, panels = draw(shape)

    assert figure.get_size_inches().tolist() == pytest.approx([10.2, height])
    widths = [axes.get_window_extent().width for axes in panels]
    assert widths == pytest.approx([min(150, 300 * shape[1] / shape[0])] * 12, rel=0.02)


@pytest.mark.parametrize("shape", [(8, 8, 1), (8, 64, 3), (64, 8, 1)])
def test_titles_reach_neither_each_other_nor_the_edge(shape):
    figure, panels = draw(shape, title="a run with a very long name, " * 8)

    boxes = [axes.title.get_window_extent() for axes in panels]
    images = [axes.get_window_extent() for axes in panels]
    assert not any(a.overlaps(b) for a, b in pairwise(boxes))
    assert not any(title.overlaps(image) for title in boxes for image in images)
    for box in [*boxes, figure._suptitle.get_window_extent()]:
        assert box.x0 >= 0
        assert box.x1 <= 1020
    assert all(box.y1 < figure._suptitle.get_window_extent().y0 for box in boxes)


def test_channels_that_are_not_shown_are_named_over_the_figure():
    figure, _ = draw((6, 6, 2))

    assert figure.get_suptitle() == "a run; channel 1 of 2 in grey"
