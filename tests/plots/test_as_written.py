import matplotlib
import numpy as np
import pytest
from matplotlib.text import Text

from experiments.plots.as_written import as_written
from experiments.plots.confusion_matrix import confusion_matrix
from experiments.plots.figure import new_figure, save_png
from experiments.plots.learning_curves import learning_curves
from experiments.plots.prediction_grid import prediction_grid
from experiments.plots.probability_bars import probability_bars
from experiments.plots.regression import error_histogram, predicted_against_true
from experiments.plots.sample_grid import sample_grid
from experiments.plots.text_predictions import text_predictions
from experiments.plots.variants import variants

NAMES = ["a$b$c", "$frac{$"]
LABELS, CHANCES, NUMBERS = np.array([0, 1]), np.eye(2), np.float32([1, 2])
IMAGES = np.zeros((2, 4, 4, 1), np.uint8)
TEXTS = np.array(NAMES, dtype=object)
FIGURES = {
    "confusion_matrix": lambda **names: confusion_matrix(LABELS, LABELS, **names),
    "prediction_grid": lambda **names: prediction_grid(IMAGES, LABELS, CHANCES, **names),
    "probability_bars": lambda **names: probability_bars(IMAGES, LABELS, CHANCES, **names),
    "sample_grid": lambda **names: sample_grid(IMAGES, LABELS, **names),
    "text_predictions": lambda **names: text_predictions(TEXTS, LABELS, CHANCES, **names),
    "against_true": lambda title, **_: predicted_against_true(NUMBERS, NUMBERS, unit="k$ or $", title=title),
    "errors": lambda title, **_: error_histogram(NUMBERS, NUMBERS, unit="k$ or $", title=title),
    "learning_curves": lambda title, **_: learning_curves({"a$b$": [1.0]}, best_epoch=1, title=title),
    "variants": lambda title, **_: variants({"x$y$": {"training": [1.0]}}, metric="a$b$", title=title),
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_dollar_signs_are_no_formulas(draw, tmp_path):
    figure = draw(class_names=NAMES, title="run $frac{$")

    save_png(figure, tmp_path / "a.png")

    written = [text for text in figure.findobj(Text) if "$" in text.get_text()]
    assert written
    assert not any(text.get_parse_math() for text in written)


def test_settings_are_as_before_after_the_block():
    before = dict(matplotlib.rcParams)

    with as_written():
        new_figure(1, 1)

    assert dict(matplotlib.rcParams) == before
