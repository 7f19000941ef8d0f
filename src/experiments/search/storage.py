"""Where a study lies: a journal file, or a database."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend

from experiments.errors import UserError, did_you_mean
from experiments.search.leases import FileLeases, HeartbeatLeases, Leases
from experiments.secrets import redact_text

_JOURNAL = "journal://"
_KINDS = ("journal", "sqlite", "postgresql", "mysql")
_SILENT_AFTER = 60  # seconds without a sign of life, after which a trial in a database counts as lost


@dataclass(frozen=True, kw_only=True)
class StudyStorage:
    """A study's storage and its folder on this machine.

    Args:
        url: ``journal:///PATH``, ``sqlite:///PATH``, ``postgresql://…`` or ``mysql://…``.
        folder: of the study on this machine: locks, leases and the logs of the workers.
    """

    url: str
    folder: Path

    def open(self) -> tuple[BaseStorage, Leases]:
        """Open the storage, making it where it is missing.

        Raises:
            UserError: it cannot be reached or written.
        """
        (self.folder / "leases").mkdir(parents=True, exist_ok=True)
        kind = self.url.partition(":")[0].partition("+")[0]
        if kind not in _KINDS:
            hint = did_you_mean(kind, _KINDS)
            raise UserError(
                f"hydra.sweeper.storage={redact_text(self.url)}: it must begin with journal:///, sqlite:///, "
                f"postgresql:// or mysql://.{hint}"
            )
        try:
            if kind == "journal":
                return self._journal(), FileLeases(folder=self.folder / "leases")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the heartbeat is marked experimental
                storage = RDBStorage(
                    self.url,
                    engine_kwargs={"pool_pre_ping": True},  # a connection may have been cut off since it was used last
                    heartbeat_interval=15,
                    grace_period=_SILENT_AFTER,
                )
        except Exception as error:  # each database's driver has errors of its own
            raise UserError(
                f"hydra.sweeper.storage={redact_text(self.url)} cannot be opened: {type(error).__name__}: "
                f"{redact_text(str(error).splitlines()[0])}"
            ) from error
        on_this_disk = kind == "sqlite"
        return storage, FileLeases(folder=self.folder / "leases") if on_this_disk else HeartbeatLeases(storage=storage)

    def _journal(self) -> JournalStorage:
        path = Path(self.url.removeprefix(_JOURNAL))
        path.parent.mkdir(parents=True, exist_ok=True)
        return JournalStorage(JournalFileBackend(str(path), lock_obj=_JournalLock(path)))  # type: ignore[arg-type]

    @contextmanager
    def claiming(self) -> Iterator[None]:
        """Let one worker of this machine at a time count trials and take the next."""
        with FileLock(self.folder / "claim.lock"):
            yield


class _JournalLock:
    """The lock of a journal's writer, of which the operating system lets go when a process dies, however it dies.

    Optuna's own stays behind for half a minute, in which nobody can write, and whoever is interrupted while he waits
    for it takes it from the one who writes.
    """

    def __init__(self, journal: Path) -> None:
        self._lock = FileLock(f"{journal}.flock")

    def acquire(self) -> bool:
        self._lock.acquire(poll_interval=0.002)
        return True

    def release(self) -> None:
        self._lock.release()
