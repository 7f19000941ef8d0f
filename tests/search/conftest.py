"""Sweeps over a run that only computes, as processes of their own."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import optuna
import pytest

NOOP = Path(__file__).with_name("noop.py")
SPACE = ("optimizer.learning_rate=tag(log,interval(1e-5,1e-1))", "model.dropout=interval(0,0.5)")


class Sweep:
    """One study in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder

    def command(self, *overrides, sweeper="optuna_async", pictures="none"):
        base = [f"paths.store='{self.folder}'", "tracking=none", "data=digits", "model=mlp", f"pictures={pictures}"]
        chosen = [f"hydra/sweeper={sweeper}", "hydra.sweeper.study_name=s"] if sweeper else []
        return [sys.executable, str(NOOP), "-m", *chosen, *base, *overrides]

    def start(self, *overrides, **environment):
        return subprocess.Popen(
            self.command(*overrides),
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *overrides, sweeper="optuna_async", pictures="none", **environment):
        return subprocess.run(
            self.command(*overrides, sweeper=sweeper, pictures=pictures),
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def study(self):
        path = str(self.folder / "studies/s/journal.log")
        backend = optuna.storages.journal.JournalFileBackend(path)
        return optuna.load_study(study_name="s", storage=optuna.storages.JournalStorage(backend))

    def states(self):
        return Counter(trial.user_attrs.get("state", trial.state.name) for trial in self.study.trials)

    def calls(self):
        return [line.split() for line in (self.folder / "calls.txt").read_text().splitlines()]


@pytest.fixture
def sweep(tmp_path):
    folder = tmp_path / "my runs"
    folder.mkdir()
    return Sweep(folder)
