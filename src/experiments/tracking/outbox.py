"""Nothing is lost while MLflow is away: what it does not take is kept in a file, and delivered later."""

import json
import logging
import os
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from filelock import FileLock, Timeout

from experiments.errors import StoreAway
from experiments.paths import shown
from experiments.tracking.away import is_away
from experiments.tracking.writes import WRITES

_LOOK = 300  # seconds between two looks at a store that went away
_UPLOAD = "300"  # seconds that a server may take to store what is delivered; a run does not wait for so long
_log = logging.getLogger("experiments")


@dataclass(frozen=True, kw_only=True)
class Outbox:
    """A folder with a file for each run that is owed something: a head, then a line for each write.

    Args:
        folder: of the files; made when there is a first one.
        store: to which they are owed, as it may be shown; what is owed to other stores is left alone.
    """

    folder: Path
    store: str

    def file(self, run_id: str) -> Path:
        """Return where the writes of a run are kept."""
        return self.folder / f"{run_id}.jsonl"

    def lock(self, run_id: str) -> FileLock:
        """Return what the process holds that writes the file, or delivers it."""
        return FileLock(self.folder / f"{run_id}.lock", timeout=0)

    def owed(self) -> list[str]:
        """Return the ids of the runs that are owed something."""
        heads = {file.stem: _lines(file)[:1] for file in sorted(self.folder.glob("*.jsonl"))}
        return [run_id for run_id, head in heads.items() if head and head[0].get("store") == self.store]

    def deliver(self, client: Any) -> list[str]:
        """Send what is kept of every run, but of those that go on or that another process delivers.

        Args:
            client: an ``MlflowClient`` of the store.

        Returns:
            A line for each run that could not be delivered.
        """
        failed = []
        for run_id in self.owed():
            try:
                with self.lock(run_id):
                    error = self.send(client, run_id)
            except Timeout:
                continue
            if error:
                failed.append(f"what is kept in {shown(self.file(run_id))} could not be delivered: {error}")
            if is_away(error):
                break
        return failed

    def send(self, client: Any, run_id: str) -> Exception | None:
        """Send what is kept of one run, in the order in which it was written; the caller holds the lock.

        Returns:
            Why MLflow did not take all of it; then it stays where it is.
        """
        head, *writes = _lines(self.file(run_id)) or [{}]
        try:
            with patch.dict(os.environ, {"MLFLOW_HTTP_REQUEST_TIMEOUT": _UPLOAD}):
                said = [(write, WRITES[write["write"]](client, run_id, **write["arguments"])) for write in writes]
        except Exception as error:  # the trouble of one run is not that of the others
            return error
        self.file(run_id).unlink(missing_ok=True)
        Path(self.lock(run_id).lock_file).unlink(missing_ok=True)
        for write, line in said:
            if write["write"] == "offer":
                _log.info("%s", f"run {head['run']}: {line}")
        if head:  # else another process was faster
            _log.info("%s", f"run {head['run']}: MLflow has all of it now")
        return None


@dataclass(kw_only=True)
class Writer:
    """Write to one tracked run; keep what the store does not take, until it does.

    Args:
        client: an ``MlflowClient``.
        run_id: of the run.
        run_name: of the run.
        outbox: for what the store does not take.
        check: raises ``StoreAway`` where the store does not answer.
    """

    client: Any
    run_id: str
    run_name: str
    outbox: Outbox
    check: Callable[[], None]
    _held: ExitStack = field(default_factory=ExitStack, init=False, repr=False)
    _keeps: bool = field(default=False, init=False, repr=False)
    _looked: float = field(default=0.0, init=False, repr=False)

    def write(self, kind: str, **arguments: Any) -> Any:
        """Write to the run, or keep it for later.

        Args:
            kind: one of ``writes.WRITES``.
            arguments: of that kind.

        Returns:
            What the write returned; ``None`` when it is kept.

        Raises:
            Exception: whatever is wrong beside that the store is away.
            KeyboardInterrupt: by a signal; the write is kept, and so are those that follow.
        """
        if self._keeps and time.monotonic() - self._looked > _LOOK:
            self._catch_up()
        if not self._keeps:
            try:
                return WRITES[kind](self.client, self.run_id, **arguments)
            except Exception as error:
                if not is_away(error):
                    raise
                self._begin_to_keep(error)
                self._warn()
            except KeyboardInterrupt as interrupt:  # nobody waits for each further write of a store that hangs
                self._begin_to_keep(interrupt)
                self._append({"write": kind, "arguments": arguments})
                raise
        self._append({"write": kind, "arguments": arguments})
        return None

    def close(self) -> str:
        """Deliver what is kept, if the store is back; else return where it is kept."""
        if self._keeps:
            self._catch_up()
        self._held.close()
        return shown(self.outbox.file(self.run_id)) if self._keeps else ""

    def _begin_to_keep(self, error: BaseException) -> None:
        self.outbox.folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as held:
            held.enter_context(self.outbox.lock(self.run_id).acquire(timeout=-1))
            self._append({"store": self.outbox.store, "run": self.run_name})
            self._held = held.pop_all()
        self._keeps, self._looked = True, time.monotonic()
        _log.debug("", exc_info=error)

    def _warn(self) -> None:
        where = shown(self.outbox.file(self.run_id))
        _log.warning("%s", f"{self.outbox.store} went away. The run goes on; what it logs meanwhile is kept in {where}")

    def _catch_up(self) -> None:
        self._looked = time.monotonic()
        try:
            self.check()
        except StoreAway:
            return
        if error := self.outbox.send(self.client, self.run_id):
            _log.warning("%s", f"what is kept of the run could not be delivered: {error}")
            return
        self._held.close()
        self._keeps = False

    def _append(self, line: dict[str, Any]) -> None:
        file = self.outbox.file(self.run_id)
        end = file.stat().st_size if file.is_file() else 0
        try:
            with file.open("a", encoding="utf-8") as opened:
                opened.write(json.dumps(line, default=float) + "\n")  # a metric may be one of NumPy's numbers
        except OSError:  # the disk is full: half a line would spoil the next one
            with suppress(OSError):
                os.truncate(file, end)
            raise


def _lines(file: Path) -> list[dict[str, Any]]:
    """Return what a file holds, without a line that was cut short, as the last one is when its process was killed."""
    try:
        written = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:  # another process has just delivered it
        return []
    lines = []
    for line in written:
        with suppress(json.JSONDecodeError):
            lines.append(json.loads(line))
    return lines
