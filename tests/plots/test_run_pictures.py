from dataclasses import replace

import numpy as np
import pytest

from experiments.plots import run_pictures
from experiments.plots.figure import save_png
from experiments.types import Split

OF_IMAGES = {"predictions", "bars", "mistakes", "samples"}
OF_NUMBERS = {"against_true", "errors"}
PICTURES = {"curves", "confusion", "maps", "first_kernels"} | OF_IMAGES | OF_NUMBERS


def drawn(result) -> set[str]:
    return {name for name in PICTURES if getattr(run_pictures, name)(result) is not None}


def as_table(result):
    return replace(result, splits=replace(result.splits, kind="table"))


def cut_short(result):
    return replace(result, test={}, test_predictions=None)


def of_numbers(result):
    test = Split(inputs=result.splits.test.inputs, labels=np.arange(len(result.splits.test), dtype=np.float32))
    splits = replace(result.splits, kind="table", target="number", unit="mpg", test=test)
    return replace(result, splits=splits, test_predictions=np.ones((len(test), 1), np.float32))


def of_texts(result):
    texts = np.array([f"text {number}" for number in range(len(result.splits.test))], dtype=object)
    test = Split(inputs=texts, labels=result.splits.test.labels)
    return replace(result, splits=replace(result.splits, kind="text", test=test))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda result: result, {"curves", "confusion"} | OF_IMAGES),
        (as_table, {"curves", "confusion"}),
        (of_texts, {"curves", "confusion", "predictions", "mistakes"}),
        (cut_short, {"curves", "samples"}),
        (of_numbers, {"curves"} | OF_NUMBERS),
    ],
)
def test_a_run_gets_the_pictures_that_apply_to_it(trained, change, expected):
    assert drawn(change(trained)) == expected


def test_mistakes_are_the_surest_wrong_guesses_first(trained):
    figure = run_pictures.mistakes(trained)

    panels = [axes for axes in figure.axes if axes.images]
    chances = [int(axes.get_title().split("%")[0].rpartition(" ")[2]) for axes in panels]
    assert all(axes.title.get_color() == "red" for axes in panels)
    assert chances == sorted(chances, reverse=True)
    wrong = (trained.test_predictions.argmax(axis=1) != trained.splits.test.labels).sum()
    assert f"{wrong} mistakes, surest first" in figure.get_suptitle()


def test_mistaken_texts_are_written_surest_first(trained):
    said = [text for text in run_pictures.mistakes(of_texts(trained)).texts[1:] if "true:" in text.get_text()]

    chances = [int(text.get_text().split("%")[0].rpartition(" ")[2]) for text in said]
    assert {text.get_color() for text in said} == {"red"}
    assert chances == sorted(chances, reverse=True)


def test_texts_are_shown_from_all_over_the_test_split(trained):
    shown = [text.get_text() for text in run_pictures.predictions(of_texts(trained)).texts[2::2]]

    assert (shown[0], shown[-1]) == ("text 0", f"text {len(trained.splits.test) - 1}")


def test_a_faultless_model_has_no_mistakes(trained):
    perfect = np.eye(10, dtype=np.float32)[trained.splits.test.labels]

    assert run_pictures.mistakes(replace(trained, test_predictions=perfect)) is None


def one_hot(result):
    test = replace(result.splits.test, labels=np.eye(10, dtype=np.float32)[result.splits.test.labels])
    return replace(result, splits=replace(result.splits, test=test))


@pytest.mark.parametrize("name", ["confusion", "predictions"])
def test_one_hot_labels_give_the_same_pictures(trained, tmp_path, name):
    draw = getattr(run_pictures, name)

    sparse, vectors = (
        save_png(draw(result), tmp_path / f"{number}.png") for number, result in enumerate((trained, one_hot(trained)))
    )

    assert sparse.read_bytes() == vectors.read_bytes()


def test_two_classes_told_apart_by_one_output(trained):
    test = Split(inputs=trained.splits.test.inputs[:4], labels=np.int32([0, 1, 1, 0]))
    splits = replace(trained.splits, class_names=("cat", "dog"), test=test)
    result = replace(trained, splits=splits, test_predictions=np.float32([[0.1], [0.9], [0.2], [0.4]]))

    titles = [axes.get_title() for axes in run_pictures.predictions(result).axes if axes.images]

    assert titles == [
        "cat, 90%\n(true: cat)",
        "dog, 90%\n(true: dog)",
        "cat, 80%\n(true: dog)",
        "cat, 60%\n(true: cat)",
    ]
