import numpy as np
import pytest

from experiments.plots.figure import save_png
from experiments.plots.regression import error_histogram, predicted_against_true

TRUE = np.float32([1, 2, 3, 4])
PREDICTED = np.float32([1, 3, 3, 2])


@pytest.mark.parametrize(("unit", "suffix"), [("mpg", " [mpg]"), ("", "")])
def test_a_dot_for_each_example_and_a_line_where_both_are_equal(tmp_path, unit, suffix):
    figure = predicted_against_true(TRUE, PREDICTED, unit=unit, title="cars")

    (axes,) = figure.axes
    np.testing.assert_array_equal(axes.collections[0].get_offsets(), np.stack([TRUE, PREDICTED], axis=1))
    assert axes.lines[0].get_xydata().tolist() == [[1, 1], [4, 4]]
    assert (axes.get_xlabel(), axes.get_ylabel()) == (f"true{suffix}", f"predicted{suffix}")
    assert figure.get_suptitle() == "cars"
    assert save_png(figure, tmp_path / "against.png").stat().st_size > 1000


def test_the_histogram_counts_every_error_and_names_their_mean():
    (axes,) = error_histogram(TRUE, PREDICTED, unit="k$", title="houses").axes

    assert sum(patch.get_height() for patch in axes.patches) == 4
    assert axes.get_xlabel() == "predicted - true [k$]"
    assert axes.get_legend().get_texts()[0].get_text() == "mean -0.25, deviation 1.09"


@pytest.mark.parametrize("draw", [predicted_against_true, error_histogram])
def test_a_long_title_is_not_cut(draw):
    title = "regression_mlp-california_housing-1121-232559-znw, test split"

    figure = draw(TRUE, PREDICTED, unit="k$", title=title)
    figure.draw_without_rendering()

    box = figure._suptitle.get_window_extent()
    assert 0 <= box.x0 < box.x1 <= figure.bbox.width
