import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import optuna
import pytest
import sqlalchemy
from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage

from experiments.search.leases import FileLeases, HeartbeatLeases

HOLDER = """
import sys, time, optuna
from pathlib import Path
from experiments.search.leases import FileLeases
class Trial: number = 0
with FileLeases(folder=Path(sys.argv[1])).hold(Trial()):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def study():
    study = optuna.create_study()
    study.ask()
    return study


def test_a_trial_that_nobody_holds_is_lost(tmp_path, study):
    assert [trial.number for trial in FileLeases(folder=tmp_path).lost(study)] == [0]


def test_a_trial_is_lost_the_moment_its_worker_is_killed(tmp_path, study):
    leases = FileLeases(folder=tmp_path)
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"

    assert leases.lost(study) == []
    holder.kill()
    holder.wait()
    assert [trial.number for trial in leases.lost(study)] == [0]


def test_a_trial_that_ends_while_it_is_looked_at_is_not_lost(tmp_path, study, monkeypatch):
    listed = study.get_trials

    def ends_after_being_listed(**options):
        found = listed(**options)
        study.tell(0, 1.0)
        return found

    monkeypatch.setattr(study, "get_trials", ends_after_being_listed)

    assert FileLeases(folder=tmp_path).lost(study) == []


def test_a_database_is_given_signs_of_life(tmp_path):
    storage = RDBStorage(f"sqlite:///{tmp_path}/study.db", heartbeat_interval=1, grace_period=2)
    study = optuna.create_study(storage=storage)
    leases = HeartbeatLeases(storage=storage)
    trial = study.ask()

    with leases.hold(trial):
        assert leases.lost(study) == []
    time.sleep(3.1)
    assert [lost.number for lost in leases.lost(study)] == [trial.number]


def test_a_sign_of_life_that_fails_is_followed_by_others(monkeypatch):
    monkeypatch.setattr("experiments.search.leases._BEAT", 0.01)
    tried, through = [], threading.Event()

    def record_heartbeat(trial_id):
        tried.append(trial_id)
        if len(tried) == 1:
            raise StorageInternalError("the database is away")
        through.set()

    with HeartbeatLeases(storage=SimpleNamespace(record_heartbeat=record_heartbeat)).hold(SimpleNamespace(_trial_id=7)):
        assert through.wait(10)


def test_a_trial_whose_worker_was_killed_before_its_first_sign_of_life_is_lost_in_the_end(tmp_path):
    storage = RDBStorage(f"sqlite:///{tmp_path}/study.db", heartbeat_interval=1, grace_period=60)
    study = optuna.create_study(storage=storage)
    leases = HeartbeatLeases(storage=storage)
    trial = study.ask()

    assert leases.lost(study) == []
    with storage.engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE trial_heartbeats SET heartbeat = '2000-01-01 00:00:00.000000'"))
    assert [lost.number for lost in leases.lost(study)] == [trial.number]
