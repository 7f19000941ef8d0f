"""Track nothing."""

from collections.abc import Sequence
from typing import Any

from experiments.types import Candidate, ModelRegistry, RunRecord, RunResult, Splits, Status, Tracked


class NoTracker:
    """A tracker for ``tracking=none``: the run's folder is all that stays."""

    def check(self) -> None:
        """Have nothing to check."""

    def start(self, record: RunRecord, splits: Splits) -> Tracked:
        """Open nothing."""
        return Tracked()

    def loop_callbacks(self, callbacks: Sequence[Any]) -> Sequence[Any]:
        """Watch no loop."""
        return ()

    def log_metrics(self, result: RunResult) -> None:
        """Write nothing."""

    def log_files(self, result: RunResult, *, model: bool = True) -> Tracked:
        """Write nothing."""
        return Tracked()

    def offer(self, candidate: Candidate, registry: ModelRegistry) -> str:
        """Offer the model as it is."""
        return registry.offer(candidate)

    def finish(self, status: Status, reason: str = "") -> None:
        """Close nothing."""

    def deliver(self) -> list[str]:
        """Owe nothing."""
        return []

    def __str__(self) -> str:
        """Name no place."""
        return ""
