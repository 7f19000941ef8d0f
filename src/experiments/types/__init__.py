"""The values that pass between the parts, and the seams between them. No TensorFlow, MLflow or Hydra here."""

from experiments.types.data import (
    Array,
    Column,
    Held,
    Inputs,
    RawData,
    Split,
    Splits,
    Target,
    chunks_of,
    columns_of,
    held,
    take,
)
from experiments.types.runs import Candidate, History, Objective, RunRecord, RunResult, Status, Tracked
from experiments.types.seams import Job, ModelRegistry, NoTrial, Tracker, Trainer, Trial

__all__ = [
    "Array",
    "Candidate",
    "Column",
    "Held",
    "History",
    "Inputs",
    "Job",
    "ModelRegistry",
    "NoTrial",
    "Objective",
    "RawData",
    "RunRecord",
    "RunResult",
    "Split",
    "Splits",
    "Status",
    "Target",
    "Tracked",
    "Tracker",
    "Trainer",
    "Trial",
    "chunks_of",
    "columns_of",
    "held",
    "take",
]
