import numpy as np
import pytest

from experiments.plots.verdict import key, verdict


@pytest.mark.parametrize(
    ("label", "probabilities", "said"),
    [(0, [0.9, 0.1], ("cat, 90%\n(true: cat)", "blue")), (0, [0.2, 0.8], ("dog, 80%\n(true: cat)", "red"))],
)
def test_guess_and_truth_are_told_in_a_colour(label, probabilities, said):
    assert verdict(label, np.array(probabilities), ["cat", "dog"]) == said


@pytest.mark.parametrize(
    ("colours", "said"),
    [
        (["blue", "red"], "blue is right, red is wrong"),
        (["blue"], "blue is right, red is wrong"),
        (["red", "red"], "red is wrong"),
    ],
)
def test_only_colours_that_there_are_may_be_right(colours, said):
    assert key(colours) == said
