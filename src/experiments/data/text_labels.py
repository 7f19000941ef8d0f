"""Class names and label numbers from the labels that stand beside texts."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from experiments.errors import UserError
from experiments.stored import StoredInputs
from experiments.types import Array, RawData


def texts_of(texts: Sequence[str]) -> Array:
    """Return texts as Keras takes them: an object array of shape ``(n,)``."""
    return np.array([*texts, None], dtype=object)[:-1]  # without the last item NumPy could look into a lone text


def numbered(labels: Sequence[str], *, origin: str) -> tuple[Array, tuple[str, ...]]:
    """Return the labels as integers of shape ``(n,)``, and the sorted class names; numbers sort as numbers.

    Args:
        labels: one for each example.
        origin: where they came from, for messages.

    Raises:
        UserError: there are no examples, only one class, or a class of one example.
    """
    counts = Counter(labels)
    if not counts:
        raise UserError(f"{origin} holds no texts.")
    names = sorted(counts, key=lambda name: (not name.isdecimal(), int(name) if name.isdecimal() else 0, name))
    if len(names) < 2 or min(counts.values()) < 2:
        found = ", ".join(f"{name!r} ({counts[name]})" for name in sorted(names, key=counts.__getitem__)[:10])
        raise UserError(
            f"{origin} must have at least two classes of two texts each, got {found}"
            f"{', …' if len(names) > 10 else ''}. Name the right label, or leave out or add to the smallest classes."
        )
    numbers = {name: number for number, name in enumerate(names)}
    return np.array([numbers[label] for label in labels]), tuple(names)


def divided(inputs: Array | StoredInputs, labels: Sequence[str], is_test: Sequence[bool], *, origin: str) -> RawData:
    """Return texts whose division into training and test is given.

    Args:
        inputs: the texts, shape ``(n,)``.
        labels: one for each.
        is_test: whether each is for the test.
        origin: where they came from, for messages.

    Raises:
        UserError: one of the two is empty, or a class has too few examples to train on.
    """
    chosen = np.array(is_test, dtype=bool)
    for name, count in (("training", (~chosen).sum()), ("test", chosen.sum())):
        if not count:
            raise UserError(f"{origin} has no {name} texts: both 'train' and 'test' are needed.")
    numbers, names = numbered(labels, origin=origin)
    rare = [
        name
        for name, count in zip(names, np.bincount(numbers[~chosen], minlength=len(names)), strict=True)
        if count < 2
    ]
    if rare:
        raise UserError(f"{origin} has fewer than two training texts of class {rare[0]!r}. Add some, or leave it out.")
    return RawData(
        train_inputs=inputs[~chosen],
        train_labels=numbers[~chosen],
        test_inputs=inputs[chosen],
        test_labels=numbers[chosen],
        origin=origin,
        class_names=names,
    )
