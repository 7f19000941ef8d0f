"""The parent run of a sweep in MLflow, under which its trials fold."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from experiments.paths import ROOT
from experiments.tracking import provenance
from experiments.tracking.away import is_away
from experiments.tracking.mlflow_tracker import PARENT, MlflowTracker
from experiments.tracking.none import NoTracker

_log = logging.getLogger("experiments")


@dataclass(kw_only=True)
class SweepRun:
    """Open a parent run, or open it again, and write down what the sweep found.

    Args:
        tracker: of the sweep's runs; with ``NoTracker`` nothing is written.
        run_id: of the parent run; empty before ``open``.
    """

    tracker: MlflowTracker | NoTracker
    run_id: str = ""
    _client: Any = field(default=None, init=False, repr=False)

    def open(self, name: str, *, run_id: str, metric: str, tags: Mapping[str, str], description: str) -> str:
        """Return the id of the parent run: the one given, if it is there still, else a new one.

        Raises:
            StoreAway: the store went away.
        """
        if isinstance(self.tracker, NoTracker):
            return ""
        git_tags, _ = provenance.git_state(ROOT)
        all_tags = git_tags | provenance.machine() | provenance.main_versions() | {"kind": "sweep"} | dict(tags)
        all_tags["mlflow.note.content"] = description
        with self.tracker.answering():
            self._client, experiment_id = self.tracker.client(metric)
            self.run_id = run_id if run_id and self._has(run_id) else ""
            if not self.run_id:
                self.run_id = self._client.create_run(experiment_id, run_name=name, tags=all_tags).info.run_id
            self._client.update_run(self.run_id, status="RUNNING")
        return self.run_id

    def _has(self, run_id: str) -> bool:
        """Return whether the run is there; it may have been deleted, or the study be tracked elsewhere now."""
        from mlflow.exceptions import MlflowException

        try:
            self._client.get_run(run_id)
        except MlflowException as error:
            if is_away(error):
                raise
            return False
        return True

    def deliver(self) -> None:
        """Send what trials could not.

        Raises:
            StoreAway: the store does not answer.
        """
        self.tracker.check()
        for line in self.tracker.deliver():
            _log.warning("%s", line)

    def close_children(self, states: Mapping[str, tuple[str, str]]) -> None:
        """End the children that are marked running though nobody runs them.

        Args:
            states: state and reason of each trial that has ended, by the id of its run.
        """
        if not self._client:
            return
        parent = self._client.get_run(self.run_id)
        children = self._client.search_runs(
            [parent.info.experiment_id],
            filter_string=f"tags.{PARENT} = '{self.run_id}' and attributes.status = 'RUNNING'",
            max_results=10_000,
        )
        for child in children:
            if child.info.run_id in states:
                state, reason = states[child.info.run_id]
                self._client.set_tag(child.info.run_id, "state", state)
                self._client.set_tag(child.info.run_id, "reason", reason)
                self._client.set_terminated(child.info.run_id, "KILLED")

    def write(self, *, tags: Mapping[str, str], metrics: Mapping[str, float], folder: Path) -> None:
        """Write tags, metrics and every file of a folder."""
        if not self._client:
            return
        for name, value in tags.items():
            self._client.set_tag(self.run_id, name, value[:5000])
        for name, number in metrics.items():
            self._client.log_metric(self.run_id, name, number)
        self._client.log_artifacts(self.run_id, str(folder))

    def close(self, status: str, reason: str = "") -> None:
        """End the parent run as what it was."""
        if not self._client:
            return
        if reason:
            self._client.set_tag(self.run_id, "reason", reason[:5000])
        self._client.set_terminated(self.run_id, status)
