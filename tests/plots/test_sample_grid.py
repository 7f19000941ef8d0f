import numpy as np
import pytest

from experiments.plots.figure import save_png
from experiments.plots.sample_grid import sample_grid

IMAGES = np.random.default_rng(0).integers(0, 256, (30, 6, 6, 3), dtype=np.uint8)
LABELS = np.arange(30) % 2


@pytest.mark.parametrize(
    ("count", "rows", "columns", "shown"), [(30, 5, 5, 25), (30, 2, 3, 6), (4, 5, 5, 4), (1, 5, 5, 1)]
)
@pytest.mark.parametrize("channels", [1, 3])
def test_the_first_images_stand_under_the_names_of_their_classes(tmp_path, count, rows, columns, shown, channels):
    images = IMAGES[:count, ..., :channels]

    figure = sample_grid(images, LABELS, class_names=["cat", "dog"], title="pets", rows=rows, columns=columns)

    drawn = [axes for axes in figure.axes if axes.images]
    assert [axes.get_title() for axes in drawn] == ["cat" if number % 2 == 0 else "dog" for number in range(shown)]
    np.testing.assert_array_equal(drawn[0].images[0].get_array(), images[0].squeeze())
    assert figure.get_suptitle() == "pets"
    assert save_png(figure, tmp_path / "samples.png").stat().st_size > 1000
