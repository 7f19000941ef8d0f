import matplotlib.image
import pytest

from experiments.plots.figure import save_png
from experiments.plots.learning_curves import learning_curves

LOSS = {"loss": [0.9, 0.5, 0.3], "val_loss": [1.0, 0.6, 0.7]}
ACCURACY = {"accuracy": [0.5, 0.7, 0.9], "val_accuracy": [0.4, 0.8, 0.7]}


def lines(axes):
    """Return the points of each line in a panel by the name in its legend."""
    return {line.get_label(): [list(values) for values in line.get_data()] for line in axes.get_lines()}


@pytest.mark.parametrize(
    ("history", "panels"),
    [
        (LOSS, ["loss"]),
        (ACCURACY | LOSS, ["loss", "accuracy"]),
        (
            {"top_3_accuracy": [0.9, 0.9, 1.0]} | ACCURACY | {"auc": [0.1, 0.2, 0.3]} | LOSS,
            ["loss", "accuracy", "auc", "top 3 accuracy"],
        ),
        (LOSS | {"learning_rate": [0.1, 0.1, 0.01]}, ["loss"]),
        ({"loss": [0.9, 0.5, 0.3]}, ["loss"]),
        ({"loss": [0.9], "val_loss": [1.0]}, ["loss"]),
        ({name: values * 40 for name, values in LOSS.items()}, ["loss"]),
    ],
)
def test_a_panel_for_each_metric_with_loss_first(history, panels, tmp_path):
    figure = learning_curves(history, best_epoch=1, title="my run")

    assert [axes.get_title() for axes in figure.axes] == panels
    assert [axes.get_ylabel() for axes in figure.axes] == panels
    assert {axes.get_xlabel() for axes in figure.axes} == {"epoch"}
    assert figure.get_suptitle() == "my run"
    pixels = matplotlib.image.imread(save_png(figure, tmp_path / "curves.png"))
    assert pixels.shape == (400, max(500 * len(panels), 600), 4)


@pytest.mark.parametrize(
    ("metrics", "pixels"), [(4, (400, 2000)), (5, (800, 1500)), (8, (800, 2000)), (9, (1200, 1500))]
)
def test_many_panels_stand_in_rows(metrics, pixels, tmp_path):
    names = ["loss", *(f"metric_{number}" for number in range(metrics - 1))]

    figure = learning_curves({name: [0.5, 0.4] for name in names}, best_epoch=1, title="")

    assert [axes.get_title() for axes in figure.axes] == [name.replace("_", " ") for name in names]
    assert matplotlib.image.imread(save_png(figure, tmp_path / "curves.png")).shape[:2] == pixels


def test_training_and_validation_by_epoch_with_the_best_one_marked():
    loss, accuracy = learning_curves(LOSS | ACCURACY, best_epoch=2, title="").axes

    for axes, name, history in ((loss, "loss", LOSS), (accuracy, "accuracy", ACCURACY)):
        drawn = lines(axes)
        assert list(drawn) == ["training", "validation", "best epoch (2)"]
        assert drawn["training"] == [[1, 2, 3], history[name]]
        assert drawn["validation"] == [[1, 2, 3], history[f"val_{name}"]]
        assert drawn["best epoch (2)"][0] == [2, 2]
        assert [text.get_text() for text in axes.get_legend().get_texts()] == list(drawn)


def test_a_single_epoch_is_a_visible_point():
    (axes,) = learning_curves({"loss": [0.5], "val_loss": [0.7]}, best_epoch=1, title="").axes

    assert lines(axes)["training"] == [[1], [0.5]]
    assert lines(axes)["validation"] == [[1], [0.7]]
    assert {line.get_marker() for line in axes.get_lines()[:2]} == {"o"}


def test_without_validation_there_is_one_curve():
    (axes,) = learning_curves({"loss": [0.5, 0.4]}, best_epoch=2, title="").axes

    assert list(lines(axes)) == ["training", "best epoch (2)"]


@pytest.mark.parametrize("epochs", [2, 3, 5, 12, 100])
def test_epochs_are_whole_numbers(epochs):
    figure = learning_curves({"loss": [1 / (epoch + 1) for epoch in range(epochs)]}, best_epoch=1, title="")
    figure.draw_without_rendering()

    ticks = figure.axes[0].get_xticks()
    assert len(ticks) > 1
    assert all(tick == round(tick) for tick in ticks)


def test_metrics_that_have_a_unit_show_it():
    history = {"loss": [4.0], "mae": [2.0], "r2": [0.5]}
    panels = learning_curves(history, best_epoch=1, title="", units={"loss": "k$²", "mae": "k$"}).axes

    assert [axes.get_ylabel() for axes in panels] == ["loss [k$²]", "mae [k$]", "r2"]
