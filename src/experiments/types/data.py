"""Examples, held or stored, and the splits that they are divided into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from experiments.stored import Stored, StoredInputs

Array = np.ndarray[Any, np.dtype[Any]]
Held = Array | Mapping[str, Array]
"""Examples in memory: one array of shape ``(n, *input_shape)``, or named columns of shape ``(n,)``."""
Column = Array | StoredInputs
Inputs = Held | Stored
"""Examples in memory, or in files that they are read from."""
Target = Literal["classes", "number"]
"""What is to be predicted of an example."""


def take(inputs: Inputs, rows: Any) -> Inputs:
    """Return the examples in these rows: a slice, or row numbers.

    Example:
        >>> take({"age": np.array([20, 30, 40])}, slice(1, None))
        {'age': array([30, 40])}
    """
    if isinstance(inputs, Stored):
        return inputs.take(rows)
    if isinstance(inputs, np.ndarray):
        return np.asarray(inputs[rows])
    return {name: column[rows] for name, column in inputs.items()}


def held(inputs: Inputs) -> Held:
    """Return the examples in memory, read from where they are stored if need be."""
    if isinstance(inputs, Mapping):
        return {name: np.asarray(column) for name, column in inputs.items()}
    return np.asarray(inputs)


def columns_of(inputs: Inputs) -> Mapping[str, Column]:
    """Return the columns by name; examples without columns are one without a name."""
    return inputs if isinstance(inputs, Mapping) else {"": inputs}


def chunks_of(inputs: Inputs) -> Iterable[Inputs]:
    """Yield the examples in order: all at once where they are held, else some megabytes at a time."""
    return inputs.chunks() if isinstance(inputs, Stored) else [inputs]


@dataclass(frozen=True, kw_only=True)
class RawData:
    """What a source delivers: examples as found, the split into training and test as published.

    Labels are integers of shape ``(n,)`` where classes are to be predicted, else floats of shape ``(n,)``.
    """

    train_inputs: Inputs
    train_labels: Array
    test_inputs: Inputs
    test_labels: Array
    origin: str
    """File, folder or package that the examples came from."""
    class_names: Sequence[str] = ()
    """In the order of the labels, where the source found them in the data."""
    reading: Mapping[str, Any] = field(default_factory=dict)
    """How the file was read, such as its separator and encoding: one to predict from is read alike."""


@dataclass(frozen=True, kw_only=True)
class Split:
    """Examples of one split; ``labels`` of shape ``(n,)`` or ``(n, classes)``."""

    inputs: Inputs
    labels: Array

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, kw_only=True)
class Splits:
    """The three splits of a data set. ``test`` is scored once, at the end, and never used to choose.

    ``validation`` is empty where all training examples are to be learnt from.
    """

    train: Split
    validation: Split
    test: Split
    name: str
    kind: str
    target: Target
    class_names: tuple[str, ...]
    """In the order of the labels; empty where a number is to be predicted."""
    unit: str
    """Of the number that is to be predicted, such as ``mpg``; empty for classes."""
    origin: str
    digests: Mapping[str, str]
    """SHA-256 of each split's bytes, by its name."""
    fingerprint: str
    """SHA-256 over the three: two runs with the same one saw the same examples in the same roles."""
    reading: Mapping[str, Any] = field(default_factory=dict)
    """How the file was read, as in ``RawData``."""
