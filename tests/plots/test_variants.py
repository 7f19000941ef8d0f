import pytest

from experiments.plots.figure import save_png
from experiments.plots.variants import variants


@pytest.mark.parametrize("count", [1, 3, 20])
def test_each_run_has_its_colour_a_line_for_validation_and_dashes_for_training(tmp_path, count):
    curves = {f"run {number}": {"validation": [0.5, 0.4], "training": [0.4, 0.1]} for number in range(count)}

    figure = variants(curves, metric="val_loss", title="ways against overfitting")

    (axes,) = figure.axes
    *lines, _ = axes.lines
    solid, dashed = lines[::2], lines[1::2]
    assert [line.get_label() for line in solid] == list(curves)
    assert [line.get_linestyle() for line in solid + dashed] == ["-"] * count + ["--"] * count
    assert [line.get_color() for line in solid] == [line.get_color() for line in dashed]
    assert len({str(line.get_color()) for line in solid}) == count
    assert solid[0].get_xydata().tolist() == [[1, 0.5], [2, 0.4]]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "loss")
    assert save_png(figure, tmp_path / "variants.png").stat().st_size > 1000


@pytest.mark.parametrize(("split", "style"), [("validation", "-"), ("training", "--")])
def test_a_run_with_values_of_one_split_has_one_line_and_its_name(split, style):
    (axes,) = variants({"one": {split: [0.5]}}, metric="val_mae", title="").axes

    assert axes.lines[0].get_linestyle() == style
    assert [line.get_label() for line in axes.lines] == ["one", "(dashed: training)"]
