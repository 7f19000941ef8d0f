import warnings

import numpy as np
import pytest

from experiments.plots.figure import save_png
from experiments.plots.text_predictions import text_predictions


def page(texts, labels, probabilities):
    return text_predictions(
        np.array([*texts, None], dtype=object)[:-1],
        np.array(labels),
        np.array(probabilities),
        class_names=["bad", "good"],
        title="run",
    )


def lines(figure):
    return [(text.get_text(), text.get_color()) for text in figure.texts[1:]]  # the first is the title


def test_each_text_stands_beside_what_the_model_says_in_blue_or_red():
    said = lines(page(["fine", "awful"], [1, 0], [[0.1, 0.9], [0.25, 0.75]]))

    assert said == [
        ("good, 90%\n(true: good)", "blue"),
        ("fine", "black"),
        ("good, 75%\n(true: bad)", "red"),
        ("awful", "black"),
    ]


def test_of_many_texts_the_first_are_shown():
    shown = [text for text, _ in lines(page(map(str, range(100)), [0] * 100, [[1, 0]] * 100))[1::2]]

    assert (len(shown), shown[0], shown[-1]) == (16, "0", "15")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", "(empty)"),
        ("costs $5 or $6 \\frac{", "costs $5 or $6 \\frac{"),
        ("two\n\nlines\x00and a\ttab", "two  lines and a tab"),
        ("고" * 150, "\n".join(["고" * 50, "고" * 48 + " …"])),
        ("word " * 100, "\n".join([("word " * 20).strip(), ("word " * 19).strip() + " …"])),
    ],
)
def test_any_text_can_be_drawn(tmp_path, text, written):
    figure = page([text], [0], [[1, 0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        save_png(figure, tmp_path / "page.png")

    assert lines(figure)[1][0] == written
