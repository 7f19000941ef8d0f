import matplotlib.image
import numpy as np
import pytest

from experiments.plots.figure import save_png
from experiments.plots.variants import variants


@pytest.mark.parametrize("count", [1, 3, 20])
def test_each_run_has_its_colour_a_line_for_validation_and_dashes_for_training(tmp_path, count):
    curves = {
        f"run {number}": {"validation": [0.5, number], "training": [0.4, number + 0.5]} for number in range(count)
    }

    figure = variants(curves, metric="val_loss", title="ways against overfitting")

    (axes,) = figure.axes
    lines = axes.lines
    solid, dashed = lines[::2], lines[1::2]
    assert [line.get_label() for line in solid] == list(curves)
    assert [line.get_linestyle() for line in solid + dashed] == ["-"] * count + ["--"] * count
    assert [line.get_color() for line in solid] == [line.get_color() for line in dashed]
    assert len({str(line.get_color()) for line in solid}) == count
    assert solid[0].get_xydata().tolist() == [[1, 0.5], [2, 0]]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "loss")
    assert save_png(figure, tmp_path / "variants.png").stat().st_size > 1000


@pytest.mark.parametrize(("split", "style"), [("validation", "-"), ("training", "--")])
def test_a_run_with_values_of_one_split_has_one_line_and_its_name(split, style):
    figure = variants({"one": {split: [0.5, 0.4]}}, metric="val_mae", title="", unit="mpg")

    (axes,) = figure.axes
    assert [line.get_linestyle() for line in axes.lines] == [style]
    assert [(line.get_label(), line.get_linestyle()) for line in figure.legends[0].legend_handles] == [
        ("one", style),
        ("(dashed: training)", "--"),
    ]
    assert axes.get_ylabel() == "mae [mpg]"


@pytest.mark.parametrize("second", [0.5, 0.8])
def test_a_single_epoch_is_a_visible_point(tmp_path, second):
    curves = {"a": {"validation": [0.5], "training": [0.6]}, "b": {"validation": [second], "training": [0.3]}}

    figure = variants(curves, metric="val_loss", title="")

    (axes,) = figure.axes
    pixels = matplotlib.image.imread(save_png(figure, tmp_path / "a.png"))[:, :700, :3]  # beside the key
    assert [line.get_fillstyle() for line in axes.lines] == ["full", "none"] * 2
    for line in axes.lines[::2]:
        assert np.isclose(pixels, line.get_color()[:3], atol=0.01).all(axis=-1).sum() > 30
    assert figure.legends[0].get_texts()[2].get_text() == "(dashed, hollow: training)"


@pytest.mark.parametrize("split", ["validation", "training"])
@pytest.mark.parametrize("count", [2, 3, 7])
def test_lines_that_lie_on_one_another_are_all_seen(tmp_path, split, count):
    curves = {f"run {number}": {split: [1.0, 0.5 + number * 1e-5, 0.2]} for number in range(count)}
    curves["other"] = {split: [0.9, 0.8, 0.7]}

    figure = variants(curves, metric="val_loss", title="")

    (axes,) = figure.axes
    path = save_png(figure, tmp_path / "a.png")
    box = axes.get_window_extent()
    pixels = matplotlib.image.imread(path)[600 - int(box.y1) : 600 - int(box.y0), int(box.x0) : int(box.x1), :3]
    seen = [np.isclose(pixels, line.get_color()[:3], atol=0.01).all(axis=-1).sum() for line in axes.lines]
    assert min(seen[:-1]) > 0.4 * max(seen[:-1])
    assert min(seen[:-1]) > 30
    assert figure.legends[0].get_texts()[-1].get_text() == "(colours in turn: equal lines)"
