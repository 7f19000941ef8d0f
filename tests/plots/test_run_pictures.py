from dataclasses import replace

import matplotlib.image
import numpy as np
import pytest

from experiments.plots.run_pictures import draw_run


@pytest.fixture
def result(trained, tmp_path):
    """The result of a finished run, in a folder of its own that has no pictures yet."""
    return replace(trained, record=replace(trained.record, folder=tmp_path))


def as_table(result):
    return replace(result, splits=replace(result.splits, kind="table"))


def cut_short(result):
    return replace(result, test={}, test_predictions=None)


def one_hot(result):
    test = replace(result.splits.test, labels=np.eye(10, dtype=np.float32)[result.splits.test.labels])
    return replace(result, splits=replace(result.splits, test=test))


@pytest.mark.parametrize(
    ("change", "pictures"),
    [
        (lambda result: result, ["confusion_matrix.png", "learning_curves.png", "predictions.png"]),
        (as_table, ["confusion_matrix.png", "learning_curves.png"]),
        (cut_short, ["learning_curves.png"]),
    ],
)
def test_the_pictures_of_a_run(result, change, pictures):
    folder = draw_run(change(result))

    assert folder == result.record.folder / "plots"
    assert sorted(path.name for path in folder.iterdir()) == pictures
    assert all(matplotlib.image.imread(folder / name).std() > 0.05 for name in pictures)  # none is blank


def test_one_hot_labels_give_the_same_pictures(result, tmp_path):
    elsewhere = replace(result, record=replace(result.record, folder=tmp_path / "one_hot"))

    sparse, vectors = draw_run(result), draw_run(one_hot(elsewhere))

    for name in ("confusion_matrix.png", "predictions.png"):
        assert (sparse / name).read_bytes() == (vectors / name).read_bytes()
