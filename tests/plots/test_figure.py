import matplotlib.image
import matplotlib.pyplot
import pytest

from experiments.plots.figure import new_figure, save_png


@pytest.mark.parametrize(("width", "height"), [(4.0, 3.0), (10.2, 2.5), (17.0, 16.0)])
def test_a_png_has_a_hundred_pixels_an_inch(tmp_path, width, height):
    figure = new_figure(width, height)
    figure.subplots().plot([1, 2, 3])

    path = save_png(figure, tmp_path / "plots" / "deep" / "line.png")

    pixels = matplotlib.image.imread(path)
    assert path == tmp_path / "plots" / "deep" / "line.png"
    assert path.read_bytes().startswith(b"\x89PNG")
    assert pixels.shape == (round(height * 100), round(width * 100), 4)
    assert pixels[..., :3].min() < 0.5  # something is drawn
    assert pixels[0, 0] == pytest.approx([1, 1, 1, 1])  # on white


def test_a_figure_is_replaced_in_its_file(tmp_path):
    save_png(new_figure(1, 1), tmp_path / "a.png")
    save_png(new_figure(2, 1), tmp_path / "a.png")

    assert matplotlib.image.imread(tmp_path / "a.png").shape == (100, 200, 4)


def test_a_figure_leaves_no_global_state():
    before = matplotlib.pyplot.get_fignums()

    new_figure(1, 1)

    assert matplotlib.pyplot.get_fignums() == before


def test_labels_and_titles_stay_inside_and_apart(tmp_path):
    figure = new_figure(8, 4)
    left, right = figure.subplots(1, 2)
    for axes in (left, right):
        axes.set(xlabel="epoch", ylabel="a long name of an axis", title="panel")
    figure.suptitle("title")

    save_png(figure, tmp_path / "a.png")

    boxes = [axes.get_tightbbox() for axes in (left, right)]
    assert boxes[0].x1 <= boxes[1].x0
    assert all(0 <= box.x0 < box.x1 <= 800 and 0 <= box.y0 < box.y1 <= 400 for box in boxes)
