"""What is known of a run: before it trains, afterwards, and where it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from experiments.types.data import Array, Splits

History = Mapping[str, Sequence[float]]
Status = Literal["FINISHED", "FAILED", "KILLED", "PRUNED"]


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
