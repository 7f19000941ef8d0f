"""The values that pass between the parts, and the seams between them. No TensorFlow, MLflow or Hydra here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

import numpy as np

from experiments.stored import StoredInputs

Array = np.ndarray[Any, np.dtype[Any]]
Held = Array | Mapping[str, Array]
"""Examples in memory: one array of shape ``(n, *input_shape)``, or named columns of shape ``(n,)``."""
Column = Array | StoredInputs
Inputs = Column | Mapping[str, Column]
"""Examples in memory, or in files that they are read from."""
History = Mapping[str, Sequence[float]]
Target = Literal["classes", "number"]
"""What is to be predicted of an example."""
Status = Literal["FINISHED", "FAILED", "KILLED", "PRUNED"]


def take(inputs: Inputs, rows: Any) -> Inputs:
    """Return the examples in these rows: a slice, or row numbers.

    Example:
        >>> take({"age": np.array([20, 30, 40])}, slice(1, None))
        {'age': array([30, 40])}
    """
    return {name: column[rows] for name, column in inputs.items()} if isinstance(inputs, Mapping) else inputs[rows]


def held(inputs: Inputs) -> Held:
    """Return the examples in memory, read from where they are stored if need be."""
    if isinstance(inputs, Mapping):
        return {name: np.asarray(column) for name, column in inputs.items()}
    return np.asarray(inputs)


def columns_of(inputs: Inputs) -> Mapping[str, Column]:
    """Return the columns by name; examples without columns are one without a name."""
    return inputs if isinstance(inputs, Mapping) else {"": inputs}


def is_stored(inputs: Inputs) -> bool:
    """Return whether the examples are in files."""
    return any(isinstance(column, StoredInputs) for column in columns_of(inputs).values())


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


@dataclass(frozen=True, kw_only=True)
class Objective:
    """The one number that decides which epoch, run or trial is best."""

    metric: str
    mode: Literal["max", "min"]

    def better(self, value: float, than: float) -> bool:
        """Return whether ``value`` beats ``than``; a value that is not a number never does.

        Example:
            >>> Objective(metric="val_loss", mode="min").better(0.1, than=0.2)
            True
        """
        return value > than if self.mode == "max" else value < than


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What the registry has to know of a model: plain values, which another process can offer later."""

    model_uri: str
    """Empty where the model was not tracked."""
    run_id: str
    run_name: str
    metric: str
    mode: Literal["max", "min"]
    value: float
    """Of the objective at the best epoch."""
    data_name: str
    fingerprint: str
    """Of the splits."""
    test: Mapping[str, float]


class ModelRegistry(Protocol):
    """Keep versions of the best models."""

    def offer(self, candidate: Candidate) -> str:
        """Register the run's model if the rule says so; return a line that says what was done."""

    def settings(self) -> Mapping[str, Any] | None:
        """Return what makes the same offer later, in another process; ``None`` where an offer reaches no store."""


class Trial(Protocol):
    """What a sweep wants of the run that is one of its trials."""

    def run_tags(self) -> Mapping[str, str]:
        """Return the tags of the tracked run."""

    def started(self, run_id: str) -> None:
        """Note which tracked run belongs to the trial."""

    def report(self, epoch: int, value: float) -> bool:
        """Note the objective after an epoch, counted from 1; return whether to stop."""

    def finished(self, result: RunResult) -> None:
        """Note what the run came to."""

    def keeps_model(self, value: float) -> bool:
        """Return whether a model with this value of the objective is worth storing."""

    def registry(self, configured: ModelRegistry) -> ModelRegistry:
        """Return the registry that the model is offered to."""


class NoTrial:
    """A run of its own, in no sweep."""

    def run_tags(self) -> Mapping[str, str]:
        """Return what every run of its own is tagged with."""
        return {"kind": "single"}

    def started(self, run_id: str) -> None:
        """Note nothing."""

    def report(self, epoch: int, value: float) -> bool:
        """Go on."""
        return False

    def finished(self, result: RunResult) -> None:
        """Note nothing."""

    def keeps_model(self, value: float) -> bool:
        """Keep every model."""
        return True

    def registry(self, configured: ModelRegistry) -> ModelRegistry:
        """Return the configured one."""
        return configured


@dataclass(frozen=True, kw_only=True)
class Job:
    """What the command line asked for, beside the config itself."""

    folder: Path
    """Of this run; made already."""
    overrides: Sequence[str]
    choices: Mapping[str, str]
    """The option chosen in each config group."""
    trial: Trial = field(default_factory=NoTrial)
    """The trial of a sweep that this run is."""


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """What is known of a run before it trains."""

    name: str
    folder: Path
    params: Mapping[str, str]
    config_yaml: str
    overrides: Sequence[str]
    seed: int
    summary: str
    objective: Objective
    tags: Mapping[str, str] = field(default_factory=dict)
    """Of the tracked run, beside those that the tracker adds."""


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """What a run, finished or cut short, leaves behind."""

    record: RunRecord
    splits: Splits
    history: History
    best_epoch: int
    """Counted from 1."""
    best: Mapping[str, float]
    """Every metric of the best epoch."""
    seconds: float
    """Time spent in training."""
    model: Any
    """The ``keras.Model`` with the best epoch's weights."""
    model_files: Sequence[Path] = ()
    """In each form that the model was kept in."""
    test: Mapping[str, float] = field(default_factory=dict)
    """Empty when the run was cut short."""
    test_predictions: Array | None = None

    @property
    def objective_value(self) -> float:
        """The objective's value at the best epoch."""
        return self.best[self.record.objective.metric]


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """Where a tracked run can be found again."""

    run_id: str = ""
    model_uri: str = ""
    view_command: str = ""
    """Starts what shows the runs; empty where it is running already."""
    view_url: str = ""


class Trainer(Protocol):
    """Fit a compiled model."""

    calls_fit: ClassVar[bool]
    """Whether it is ``keras.Model.fit`` that trains, which trackers can watch."""

    def prepare(self, seed: int) -> None:
        """Set TensorFlow's threads, seeds and determinism; called before anything is built."""

    def fit(self, model: Any, splits: Splits, callbacks: Sequence[Any], augmentation: Any = None) -> None:
        """Train ``model`` in place; raise ``KeyboardInterrupt`` when interrupted.

        ``augmentation`` is a layer that changes training examples at random before the model sees them, if any.
        """


class Tracker(Protocol):
    """Write a run down where it can be found again."""

    def check(self) -> None:
        """Raise ``StoreAway`` within seconds where runs cannot be written."""

    def start(self, record: RunRecord, splits: Splits) -> Tracked:
        """Open a run with everything that is known before training."""

    def loop_callbacks(self, callbacks: Sequence[Any]) -> Sequence[Any]:
        """Return the callbacks that track a loop other than ``keras.Model.fit``, to be called after ``callbacks``."""

    def log_metrics(self, result: RunResult) -> None:
        """Write down the metrics of a run."""

    def log_files(self, result: RunResult, *, model: bool = True) -> Tracked:
        """Write down the pictures, predictions and, if asked, model of a run whose metrics are written."""

    def offer(self, candidate: Candidate, registry: ModelRegistry) -> str:
        """Offer the run's model to a registry; return a line that says what was done."""

    def finish(self, status: Status, reason: str = "") -> None:
        """Close the run with its true status."""

    def deliver(self) -> list[str]:
        """Send what earlier runs could not; return a line for each run that could not be delivered."""
