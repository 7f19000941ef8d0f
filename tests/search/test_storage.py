import signal
import subprocess
import sys
import time

import pytest
from filelock import FileLock, Timeout
from optuna.study import StudyDirection

from experiments.errors import UserError
from experiments.search.leases import FileLeases
from experiments.search.storage import StudyStorage
from experiments.search.study import open_study

KILLED = """
import os, sys
from pathlib import Path
from optuna.study import StudyDirection
from experiments.search.storage import StudyStorage
storage, _ = StudyStorage(url=f"journal://{sys.argv[1]}/journal.log", folder=Path(sys.argv[1])).open()
os.fsync = lambda file: os.kill(os.getpid(), 9)
storage.create_new_study([StudyDirection.MAXIMIZE], "killed")
"""


@pytest.mark.parametrize("kind", ["journal", "sqlite"])
def test_a_study_on_this_disk_is_made_and_held_by_files(tmp_path, kind):
    storage, leases = StudyStorage(url=f"{kind}:///{tmp_path}/study", folder=tmp_path / "local").open()

    assert storage.get_all_studies() == []
    assert isinstance(leases, FileLeases)
    assert (tmp_path / "study").is_file()


@pytest.mark.parametrize("kind", ["journal", "sqlite"])
def test_commands_with_other_folders_see_who_runs_a_trial_of_a_file_that_they_share(tmp_path, kind):
    url = f"{kind}:///{tmp_path}/study"
    (study, leases), (same_study, others_leases) = (
        open_study(StudyStorage(url=url, folder=tmp_path / folder / "s"), name="s", directions=["maximize"])
        for folder in ("mine", "yours")
    )

    with leases.hold(study.ask()):
        assert others_leases.lost(same_study) == []
    assert [trial.number for trial in others_leases.lost(same_study)] == [0]


def test_commands_that_make_a_database_together_do_so_one_after_the_other(tmp_path, monkeypatch):
    storage = StudyStorage(url=f"sqlite:///{tmp_path}/study", folder=tmp_path)
    lock = FileLock(tmp_path / "claim.lock", timeout=0)

    def make(*_, **__):
        with pytest.raises(Timeout), lock:
            pass
        return "made"

    monkeypatch.setattr("experiments.search.storage.RDBStorage", make)

    assert storage.open()[0] == "made"


def test_a_writer_that_is_killed_in_the_midst_of_writing_a_journal_blocks_nobody(tmp_path, monkeypatch):
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail("it is waited for a lock that nobody holds"))

    storage, _ = StudyStorage(url=f"journal://{tmp_path}/journal.log", folder=tmp_path).open()
    storage.create_new_study([StudyDirection.MAXIMIZE], "next")

    assert killed.returncode == -signal.SIGKILL
    assert [study.study_name for study in storage.get_all_studies()] == ["killed", "next"]


def test_a_connection_that_was_cut_off_is_made_again(tmp_path):
    storage, _ = StudyStorage(url=f"sqlite:///{tmp_path}/study", folder=tmp_path).open()
    for pooled in [storage.engine.raw_connection() for _ in range(storage.engine.pool.checkedin())]:
        cut = pooled.dbapi_connection
        pooled.close()
        cut.close()

    assert storage.get_all_studies() == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mongodb://host/db", "must begin with journal:///"),
        ("sqlit:///x.db", "Did you mean 'sqlite'"),
        ("postgresql://user:hunter2@127.0.0.1:1/db", "cannot be opened"),
    ],
)
def test_a_storage_that_cannot_be_used_is_one_clear_error_without_secrets(tmp_path, url, said):
    with pytest.raises(UserError, match=said) as caught:
        StudyStorage(url=url, folder=tmp_path).open()

    assert "hunter2" not in str(caught.value)
