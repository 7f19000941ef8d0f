"""Hold some examples of an undivided data set out for the test."""

import math
from collections.abc import Sequence

import numpy as np

from experiments.errors import UserError
from experiments.types import Array, Inputs, RawData, take

_SEED = 0  # the test split never moves: a champion of last year is judged on the same examples
_MOST_NAMED = 10  # classes in a message


def hold_out_test(
    inputs: Inputs, labels: Array, *, test_split: float, stratify: bool, origin: str, class_names: Sequence[str] = ()
) -> RawData:
    """Divide examples at random, always in the same way.

    Args:
        inputs: all examples.
        labels: theirs, shape ``(n,)``.
        test_split: share held out for the test, in (0, 1).
        stratify: give every class its share.
        origin: where the examples came from.
        class_names: in the order of the labels, where the data says so.

    Raises:
        UserError: there are no examples, a class has one only, which cannot be in both parts, or the share is too
            small.
    """
    if not len(labels):
        raise UserError(f"{origin} has no rows: there are no examples to divide.")
    if stratify:
        _check_counts(labels, class_names, origin)
    least = len(np.unique(labels)) if stratify else 1
    if math.ceil(len(labels) * test_split) < least or math.floor(len(labels) * (1 - test_split)) < least:
        raise UserError(
            f"{origin} holds {len(labels)} examples: with data.source.test_split={test_split} one of the two parts is "
            f"smaller than {least}, and cannot have {'every class' if stratify else 'any'}."
        )
    from sklearn.model_selection import train_test_split

    train, test = train_test_split(
        np.arange(len(labels)), test_size=test_split, random_state=_SEED, stratify=labels if stratify else None
    )
    return RawData(
        train_inputs=take(inputs, train),
        train_labels=labels[train],
        test_inputs=take(inputs, test),
        test_labels=labels[test],
        origin=origin,
        class_names=class_names,
    )


def _check_counts(labels: Array, class_names: Sequence[str], origin: str) -> None:
    values, counts = np.unique(labels, return_counts=True)
    rare = values[counts < 2]
    if len(values) < 2 or len(rare):
        shown = np.argsort(counts, kind="stable")[:_MOST_NAMED]  # the smallest are to be mended
        found = ", ".join(f"{class_names[values[at]] if class_names else values[at]} ({counts[at]})" for at in shown)
        more = f" and {len(values) - len(shown)} more" if len(values) > len(shown) else ""
        raise UserError(
            f"{origin} must hold at least two classes of two examples each, one to learn from and one to be tested on, "
            f"got {found}{more}. To predict a number: data.target=number."
        )
