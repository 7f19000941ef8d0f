"""Hold some examples of an undivided data set out for the test."""

from collections.abc import Sequence

from experiments.types import Array, Inputs, RawData, take

_SEED = 0  # the test split never moves: a champion of last year is judged on the same examples


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
    """
    from sklearn.model_selection import train_test_split

    train, test = train_test_split(
        range(len(labels)), test_size=test_split, random_state=_SEED, stratify=labels if stratify else None
    )
    return RawData(
        train_inputs=take(inputs, train),
        train_labels=labels[train],
        test_inputs=take(inputs, test),
        test_labels=labels[test],
        origin=origin,
        class_names=class_names,
    )
