"""Who is alive: a worker holds a lease while it runs a trial, and whoever finds a lease let go takes the trial back."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import optuna
from filelock import FileLock, Timeout
from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage
from optuna.storages._rdb.models import TrialHeartbeatModel
from optuna.trial import FrozenTrial, TrialState

_BEAT = 15  # seconds between two signs of life in a database


class Leases(Protocol):
    """Tell lost trials from running ones."""

    def hold(self, trial: optuna.Trial) -> AbstractContextManager[None]:
        """Hold the lease of a trial while a ``with`` block runs."""

    def lost(self, study: optuna.Study) -> list[FrozenTrial]:
        """Return the trials that are marked running, but that no worker holds."""


@dataclass(frozen=True, kw_only=True)
class FileLeases:
    """A locked file for each trial; the operating system lets go of it when a worker dies, however it dies."""

    folder: Path

    def _lock(self, number: int) -> FileLock:
        return FileLock(self.folder / f"trial-{number}.lock", timeout=0)

    @contextmanager
    def hold(self, trial: optuna.Trial) -> Iterator[None]:
        """Hold the lease of a trial while the block runs."""
        with self._lock(trial.number):
            yield

    def lost(self, study: optuna.Study) -> list[FrozenTrial]:
        """Return the trials that are marked running, but that no worker on this machine holds."""
        found = []
        for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            try:
                with self._lock(trial.number):
                    now = study._storage.get_trial(trial._trial_id)  # it may have ended since it was listed
            except Timeout:
                continue
            if now.state == TrialState.RUNNING:
                found.append(now)
        return found


@dataclass(frozen=True, kw_only=True)
class HeartbeatLeases:
    """A sign of life in the database every few seconds, for workers on many machines."""

    storage: RDBStorage

    @contextmanager
    def hold(self, trial: optuna.Trial) -> Iterator[None]:
        """Give signs of life while the block runs."""
        ended = threading.Event()

        def beat() -> None:
            while True:
                with suppress(StorageInternalError):  # the next may come through
                    self.storage.record_heartbeat(trial._trial_id)
                if ended.wait(_BEAT):
                    return

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def lost(self, study: optuna.Study) -> list[FrozenTrial]:
        """Return the trials without a sign of life for the storage's grace period.

        One without any, whose worker may be choosing its parameters or have been killed meanwhile, is given a first.
        """
        running = study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        with self.storage.scoped_session() as session:
            silent = [trial for trial in running if not TrialHeartbeatModel.where_trial_id(trial._trial_id, session)]
        for trial in silent:
            self.storage.record_heartbeat(trial._trial_id)
        stale = set(self.storage._get_stale_trial_ids(study._study_id))
        return [trial for trial in running if trial._trial_id in stale]
