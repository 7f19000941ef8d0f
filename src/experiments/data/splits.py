"""From a source's training and test examples to three splits with a fingerprint."""

import hashlib
from collections.abc import Sequence

import numpy as np

from experiments.data.labels import Encoding, encode
from experiments.errors import UserError
from experiments.types import Array, RawData, Split, Splits


def make_splits(
    raw: RawData,
    *,
    name: str,
    kind: str,
    class_names: Sequence[str],
    labels: Encoding,
    validation_split: float,
    split_seed: int,
    limit: int | None,
) -> Splits:
    """Keep a stratified share of the training examples out for validation, limit, encode and fingerprint the splits.

    Args:
        raw: what the source delivered.
        name: of the data set.
        kind: ``image`` or ``table``.
        class_names: one for each class, in the order of the labels.
        labels: ``sparse`` or ``one_hot``.
        validation_split: share of the training examples kept out, in (0, 1).
        split_seed: which examples those are.
        limit: examples kept of each split; ``None`` keeps all.

    Raises:
        UserError: a split would be empty.
    """
    train_rows, validation_rows = stratified_rows(raw.train_labels, share=validation_split, seed=split_seed)
    for split, rows in {"training": train_rows, "validation": validation_rows}.items():
        if not len(rows):
            raise UserError(
                f"data.validation_split={validation_split} leaves the {split} split empty: {len(raw.train_labels)} "
                "examples are there to divide. Choose a share that leaves at least one on each side."
            )

    if not len(raw.test_labels):
        raise UserError(f"the test split of data={name} is empty: there is nothing to judge the model by.")

    def split_of(inputs: Array, targets: Array) -> Split:
        return Split(
            inputs=inputs[:limit], labels=encode(targets[:limit], encoding=labels, num_classes=len(class_names))
        )

    splits = {
        "train": split_of(raw.train_inputs[train_rows], raw.train_labels[train_rows]),
        "validation": split_of(raw.train_inputs[validation_rows], raw.train_labels[validation_rows]),
        "test": split_of(raw.test_inputs, raw.test_labels),
    }
    digests = {role: _digest(split) for role, split in splits.items()}
    return Splits(
        **splits,
        name=name,
        kind=kind,
        class_names=tuple(class_names),
        origin=raw.origin,
        digests=digests,
        fingerprint=hashlib.sha256("".join(digests.values()).encode()).hexdigest(),
    )


def stratified_rows(labels: Array, *, share: float, seed: int) -> tuple[Array, Array]:
    """Divide row numbers in two, ``share`` of every class in the second part, both in random order.

    Args:
        labels: integers of shape ``(n,)``.
        share: of the second part, in (0, 1).
        seed: of the order.

    Returns:
        Row numbers of the first and of the second part, ``round(n * share)`` in the second.
    """
    order = np.random.default_rng(seed).permutation(len(labels))
    by_class = order[np.argsort(labels[order], kind="stable")]
    taken = round(len(labels) * share)
    # Rows sorted by class, taken at even distances: every class gives its share, and the total is exact.
    is_second = np.zeros(len(labels), dtype=bool)
    is_second[by_class[(np.arange(taken) * len(labels)) // max(taken, 1)]] = True
    return order[~is_second[order]], order[is_second[order]]


def _digest(split: Split) -> str:
    """Hash shapes, types and bytes, so that equal bytes of another shape differ."""
    digest = hashlib.sha256()
    for array in (split.inputs, split.labels):
        digest.update(f"{array.shape}{array.dtype.str}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
