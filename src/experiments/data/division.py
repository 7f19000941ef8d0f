"""Which of the training examples are kept out for validation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from experiments.errors import UserError
from experiments.types import Array


@dataclass(frozen=True, kw_only=True)
class Division:
    """A rule that divides examples into training and validation.

    Args:
        size: of the validation split: a share in (0, 1), a number of examples from 1 on, or 0 for none.
        by: ``stratified`` gives every class its share, ``random`` draws from all alike, ``first`` and ``last`` keep
            the order of the file and take its beginning or its end.
        seed: of the order, for ``stratified`` and ``random``.
        folds: divide into that many parts of one size instead, ``size`` being unused; ``None`` for no folds.
        fold: the part that is kept out, counted from 0.
    """

    size: float
    by: Literal["stratified", "random", "first", "last"] = "stratified"
    seed: int = 0
    folds: int | None = None
    fold: int = 0

    def rows(self, labels: Array) -> tuple[Array, Array]:
        """Return the row numbers of the training and of the validation examples.

        Args:
            labels: of all examples, shape ``(n,)``.

        Raises:
            UserError: one of the two would be empty, unasked.
        """
        order = self._order(len(labels))
        is_validation = np.zeros(len(labels), dtype=bool)
        is_validation[self._validation_rows(order, labels)] = True
        train, validation = order[~is_validation[order]], order[is_validation[order]]
        wants_validation = self.size or self.folds
        for name, part in (("training", train), ("validation", validation)):
            if not len(part) and (name == "training" or wants_validation):
                asked = f"folds={self.folds}" if self.folds else f"validation_split={self.size}"
                raise UserError(
                    f"data.{asked} leaves the {name} split empty: {len(labels)} examples are there to divide. "
                    "Choose a value that leaves at least one on each side."
                )
        return train, validation

    def _order(self, count: int) -> Array:
        in_file = self.by in ("first", "last")
        return np.arange(count) if in_file else np.random.default_rng(self.seed).permutation(count)

    def _validation_rows(self, order: Array, labels: Array) -> Array:
        lined_up = order[::-1] if self.by == "last" else order
        if self.by == "stratified":
            lined_up = order[np.argsort(labels[order], kind="stable")]
        if self.folds:
            in_file = self.by in ("first", "last")
            parts = np.array_split(lined_up, self.folds) if in_file else _dealt(lined_up, self.folds)
            return parts[self.fold]
        taken = min(round(len(labels) * self.size) if self.size < 1 else int(self.size), len(labels))
        if self.by != "stratified":
            return lined_up[:taken]
        # Rows sorted by class, taken at even distances: every class gives its share, and the total is exact.
        return lined_up[(np.arange(taken) * len(labels)) // max(taken, 1)]


def _dealt(rows: Array, parts: int) -> Sequence[Array]:
    """Return rows dealt like cards: sorted by class before, every part has its share of every class."""
    return [rows[part::parts] for part in range(parts)]
