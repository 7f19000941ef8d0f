"""What the tests share: one store, one trained run, TensorFlow started once."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ.pop("MLFLOW_TRACKING_URI", None)

import mlflow

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


@pytest.fixture(autouse=True)
def no_tracking_uri_is_left_behind() -> Iterator[None]:
    """MLflow leaves the URI that it was given in the environment, and so to the commands that later tests run."""
    yield
    os.environ.pop("MLFLOW_TRACKING_URI", None)


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """A function that gives this project's own messages: what libraries log depends on the tests before."""
    caplog.set_level(logging.INFO, "experiments")
    return lambda: "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("experiments"))


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


class Server:
    """A tracking server in processes of its own, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.uri = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        if self._process is not None:
            return
        command = [sys.executable, "-m", "mlflow", "server", "--workers", "1", "--port", str(self.port)]
        command += ["--backend-store-uri", f"sqlite:///{self.folder}/server.db"]
        command += ["--artifacts-destination", str(self.folder / "files")]
        environment = {
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        }
        with (self.folder / "server.log").open("a") as log:
            self._process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        for _ in range(600):
            try:
                with urlopen(f"{self.uri}/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"{self.uri} did not come up")

    def kill(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(30)
            self._process = None

    def client(self) -> mlflow.MlflowClient:
        return mlflow.MlflowClient(self.uri, registry_uri=self.uri)


@pytest.fixture(scope="session")
def only_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.kill()


@pytest.fixture
def server(only_server: Server) -> Server:
    """A tracking server that is up when the test begins; the tests share it."""
    only_server.start()
    return only_server
