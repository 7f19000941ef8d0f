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
        folder: of the study on this machine: results, the logs of the workers and, for a study that lies in it or in a
            database on a server, the locks.
    """

    url: str
    folder: Path

    def open(self) -> tuple[BaseStorage, Leases]:
        """Open the storage, making it where it is missing.

        Raises:
            UserError: it cannot be reached or written.
        """
        kind = self.url.partition(":")[0].partition("+")[0]
        if kind not in _KINDS:
            hint = did_you_mean(kind, _KINDS)
            raise UserError(
                f"hydra.sweeper.storage={redact_text(self.url)}: it must begin with journal:///, sqlite:///, "
                f"postgresql:// or mysql://.{hint}"
            )
        try:
            if kind == "journal" and self._file:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            leases = FileLeases(folder=self._locks / "leases")
            leases.folder.mkdir(parents=True, exist_ok=True)
            if kind == "journal":
                return self._journal(), leases
            with self.claiming(), warnings.catch_warnings():  # two that make the tables at once fail
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
        return storage, leases if kind == "sqlite" else HeartbeatLeases(storage=storage)

    def _journal(self) -> JournalStorage:
        path = Path(self.url.removeprefix(_JOURNAL))
        return JournalStorage(JournalFileBackend(str(path), lock_obj=_JournalLock(path)))  # type: ignore[arg-type]

    @contextmanager
    def claiming(self) -> Iterator[None]:
        """Let one worker of this machine at a time count trials and take the next."""
        with FileLock(self._locks / "claim.lock"):
            yield

    @property
    def _locks(self) -> Path:
        """The folder of locks: the study's own, or one beside its file, for commands with other folders see that."""
        file = self._file
        if file is None or file.parent == self.folder.resolve() or not file.parent.is_dir():
            return self.folder
        return file.with_name(f"{file.name}.locks") / self.folder.name

    @property
    def _file(self) -> Path | None:
        kind, _, path = self.url.partition("://")
        if kind == "journal":
            return Path(path).resolve()
        return Path(path[1:].partition("?")[0]).resolve() if kind.startswith("sqlite") else None


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
