"""The seams between a run and what it works with: trial, trainer, tracker, registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

from experiments.types.data import Splits
from experiments.types.runs import Candidate, RunRecord, RunResult, Status, Tracked


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


class ModelRegistry(Protocol):
    """Keep versions of the best models."""

    def offer(self, candidate: Candidate) -> str:
        """Register the run's model if the rule says so; return a line that says what was done."""

    def settings(self) -> Mapping[str, Any] | None:
        """Return the arguments of an equal registry in another process; ``None`` where an offer reaches no store."""


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
