"""What the tests share: one store, one trained run, TensorFlow started once."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ.pop("MLFLOW_TRACKING_URI", None)

from experiments.app import compose
from experiments.types import Job, RunResult

Run = Callable[..., RunResult]
OWN_TAGS = ("+tracking.tags.team=vision", "+tracking.tags.password=hunter2")


def run_experiment(*overrides: str) -> RunResult:
    """Run an experiment in this process, as the command line would."""
    from experiments.runner import run

    os.environ.pop("MLFLOW_TRACKING_URI", None)  # left behind by tests that use MLflow directly
    config = compose("train", overrides)
    folder = Path(config["paths"]["run"])
    folder.mkdir(parents=True)
    return run(config, Job(folder=folder, overrides=list(overrides), choices={}))


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder such as mlruns/, shared by the tests that do not mind each other's runs."""
    return tmp_path_factory.mktemp("mlruns")


@pytest.fixture(scope="session")
def run(store: Path) -> Run:
    """A function that runs an experiment in the shared store."""
    return lambda *overrides: run_experiment(f"paths.store={store}", "trainer.verbose=0", *overrides)


@pytest.fixture(scope="session")
def trained(run: Run) -> RunResult:
    """The result of one finished run: two epochs of a perceptron on the digits."""
    return run("model=mlp", "data=digits", "trainer.epochs=2", *OWN_TAGS)
