from dataclasses import replace

import matplotlib.image
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from experiments import builders
from experiments.app import compose
from experiments.plots import run_pictures
from experiments.plots.draw import draw_run


@pytest.fixture
def result(trained, tmp_path):
    """The result of a finished run, in a folder of its own that has no pictures yet."""
    return replace(trained, record=replace(trained.record, folder=tmp_path))


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ([], {"learning_curves", "confusion_matrix", "predictions"}),
        (["~pictures.confusion_matrix"], {"learning_curves", "predictions"}),
        (["pictures=none"], set()),
        (
            ["pictures=all"],
            {"learning_curves", "confusion_matrix", "predictions", "samples", "probabilities", "mistakes"},
        ),
    ],
)
def test_the_chosen_pictures_that_apply_become_files(result, overrides, expected):
    folder = draw_run(result, builders.pictures(compose("train", overrides)))

    assert folder == result.record.folder / "plots"
    assert {path.name for path in folder.iterdir()} == {f"{name}.png" for name in expected}
    assert all(matplotlib.image.imread(path).std() > 0.05 for path in folder.iterdir()), "none is blank"


@pytest.mark.parametrize("has_logs", [True, False])
def test_pictures_are_in_tensorboard_where_the_run_has_logs_for_it(result, has_logs):
    logs = result.record.folder / "tensorboard"
    if has_logs:
        logs.mkdir()

    draw_run(result, builders.pictures(compose("train", ["~pictures.predictions"])))

    assert logs.exists() == has_logs
    if has_logs:
        events = EventAccumulator(str(logs / "pictures"), {"tensors": 0})
        events.Reload()
        assert set(events.Tags()["tensors"]) == {"learning_curves", "confusion_matrix"}
        (shown,) = events.Tensors("confusion_matrix")
        assert shown.step == result.best_epoch
        width, height, png = shown.tensor_proto.string_val
        assert png.startswith(b"\x89PNG")
        assert (int(width), int(height)) > (100, 100)


def broken(error):
    def picture(result):
        raise error

    return picture


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("Invalid shape\n(6, 6, 2)"), "ValueError: Invalid shape (6, 6, 2)"),
        (MemoryError("too wide"), "MemoryError: too wide"),
    ],
)
def test_a_picture_that_fails_is_told_in_a_line_and_the_others_are_drawn(result, said, error, told):
    (result.record.folder / "tensorboard").mkdir()
    pictures = {"before": run_pictures.curves, "wrong": broken(error), "after": run_pictures.curves}

    folder = draw_run(result, pictures)

    assert {path.name for path in folder.iterdir()} == {"before.png", "after.png"}
    assert said() == f"plots/wrong.png could not be drawn: {told}. Everything else goes on."
    assert list((result.record.folder / "tensorboard" / "pictures").iterdir()), "the others are shown there, too"


def test_an_interruption_is_passed_on(result):
    with pytest.raises(KeyboardInterrupt):
        draw_run(result, {"long": broken(KeyboardInterrupt())})
