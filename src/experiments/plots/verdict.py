"""What a model says of an example, beside the truth, in a colour that tells whether it is right."""

from collections.abc import Sequence

import numpy as np

from experiments.plots.names import short
from experiments.types import Array

_RIGHT, _WRONG = "blue", "red"


def verdict(label: int, probabilities: Array, class_names: Sequence[str]) -> tuple[str, str]:
    r"""Return two lines, what the model says and what is true, and their colour: blue if right, red if wrong.

    Example:
        >>> verdict(1, np.array([0.9, 0.1]), ["cat", "dog"])
        ('cat, 90%\n(true: dog)', 'red')
    """
    guess = int(np.argmax(probabilities))
    text = f"{short(class_names[guess])}, {probabilities[guess]:.0%}\n(true: {short(class_names[label])})"
    return text, _RIGHT if guess == label else _WRONG


def key(colours: Sequence[str]) -> str:
    """Say what the colours of some verdicts mean; a page of mistakes has nothing right to speak of."""
    return "blue is right, red is wrong" if _RIGHT in colours else "red is wrong"
