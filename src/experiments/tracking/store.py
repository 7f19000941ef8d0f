"""Where runs are kept: found, checked and made ready before anything else happens."""

import shlex
import shutil
import sqlite3
import sys
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from experiments.errors import StoreAway
from experiments.paths import shown
from experiments.secrets import redact

_SQLITE = "sqlite:///"


@dataclass(frozen=True, kw_only=True)
class Store:
    """A tracking server, or a SQLite database with a folder for artifacts.

    Args:
        uri: ``http(s)://…`` of a server, or ``sqlite:///PATH``; other URIs are left to MLflow.
        artifacts: folder for the artifacts of a SQLite store.
        timeout: seconds that a server may take to answer.
    """

    uri: str
    artifacts: Path
    timeout: float = 10

    @property
    def database(self) -> Path | None:
        """The SQLite file, or ``None`` for any other store."""
        return Path(self.uri.removeprefix(_SQLITE)).absolute() if self.uri.startswith(_SQLITE) else None

    @property
    def is_server(self) -> bool:
        """Whether the store is reached over HTTP."""
        return urlsplit(self.uri).scheme in {"http", "https"}

    @property
    def mlflow_uri(self) -> str:
        """The URI for MLflow, absolute, so that it means the same in every working directory."""
        return f"{_SQLITE}{self.database}" if self.database else self.uri

    def check(self) -> None:
        """Raise ``StoreAway`` if the store cannot be written or does not answer in time, without importing MLflow."""
        if self.is_server:
            self._check_server()
        elif self.database:
            self._check_database(self.database)

    def _check_server(self) -> None:
        base = urlsplit(self.uri)
        health = f"{base.scheme}://{base.netloc.rpartition('@')[2]}{base.path.rstrip('/')}/health"
        try:
            with urllib.request.urlopen(health, timeout=self.timeout):
                return
        except urllib.error.HTTPError as error:
            if error.code in {401, 403, 404}:  # it answers; whether we may write is for MLflow to find out
                return
            reason = f"it answered {error.code} {error.reason}"
        except OSError as error:
            reason = str(getattr(error, "reason", error))
        raise StoreAway(
            f"the tracking server {redact(self.uri)} does not answer ({reason}). Start it, correct tracking.uri or "
            "MLFLOW_TRACKING_URI, or train without it: tracking=none."
        )

    def _check_database(self, database: Path) -> None:
        cure = (
            "Choose another place, paths.store=FOLDER or tracking.uri=sqlite:///FILE, or train without: tracking=none."
        )
        if "?" in str(database) or unquote(str(database)) != str(database):  # to SQLAlchemy, another path
            raise StoreAway(f"MLflow finds no store at a path with a ? or a % before two digits: {database}. {cure}")
        try:
            database.parent.mkdir(parents=True, exist_ok=True)
            self.artifacts.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(database, timeout=self.timeout)) as connection:
                connection.execute("BEGIN IMMEDIATE")  # takes the write lock, so a read-only file is found out here
                connection.rollback()
        except (OSError, sqlite3.Error) as error:
            raise StoreAway(f"the tracking store {shown(database)} cannot be written ({error}). {cure}") from error

    def view_command(self) -> str:
        """Return the command that shows the runs in a browser."""
        if self.is_server:
            return ""
        environment = "MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false"  # a fifth of the memory, up in half the time
        return f"{environment} {command('mlflow')} ui --workers 1 --backend-store-uri {shlex.quote(self.mlflow_uri)}"

    def view_address(self) -> str:
        """Return the address at which the runs are seen."""
        return str(redact(self.uri)).rstrip("/") if self.is_server else "http://127.0.0.1:5000"


def command(name: str) -> str:
    """Return how to call a program of this Python's environment from the user's shell."""
    beside = Path(sys.executable).parent / name
    found = shutil.which(name)
    is_ours = found is not None and (not beside.exists() or beside.samefile(found))
    return name if is_ours else shlex.quote(shown(beside))
