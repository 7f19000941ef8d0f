import os
import signal
import subprocess
import sys
import threading
import time

import mlflow
import optuna
import pytest

from experiments.errors import StoreAway
from experiments.paths import ROOT
from experiments.search.handover import hand_over
from experiments.search.results import Findings
from experiments.search.storage import StudyStorage
from experiments.tracking.mlflow_tracker import MlflowTracker
from experiments.tracking.outbox import Outbox, Writer
from experiments.tracking.sweep_run import SweepRun

SPACE = ("hydra/sweeper=optuna_async", "hydra/sweeper/sampler=grid")


class Watched:
    """A sweep in a process of its own, and what it has printed."""

    def __init__(self, program, folder, server, *overrides, **environment):
        uri = (f"tracking.uri={server.uri}", "tracking.retry_seconds=0", f"paths.store={folder}")
        self.process = subprocess.Popen(
            [sys.executable, *program, "-m", *SPACE, *uri, "data=digits", "model=mlp", *overrides],
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines = []
        self._watchdog = threading.Timer(300, self.kill)
        self._watchdog.daemon = True
        self._watchdog.start()

    def until(self, text, times=1):
        """Read until a line with a text has come so many times."""
        for line in self.process.stdout:
            self.lines.append(line)
            times -= text in line
            if not times:
                return
        raise AssertionError("".join(self.lines))

    def end(self):
        """Read to the end; return the exit code."""
        self.lines.extend(self.process.stdout)
        return self.process.wait()

    def kill(self):
        """End it, if it is there still."""
        self._watchdog.cancel()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)

    @property
    def output(self):
        return "".join(self.lines)


@pytest.fixture
def watched(server, tmp_path):
    """A function that starts a sweep, whose runs are tracked on the server."""
    started = []

    def start(program, *overrides, **environment):
        started.append(Watched(program, tmp_path, server, *overrides, **environment))
        return started[-1]

    yield start
    for sweep in started:
        sweep.kill()


def parent_and_children(client, experiment):
    found = client.search_runs([client.get_experiment_by_name(experiment).experiment_id])
    (parent,) = [run for run in found if run.data.tags["kind"] == "sweep"]
    children = [run for run in found if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    return parent, sorted(children, key=lambda run: int(run.data.tags["trial"]))


def test_a_sweep_whose_server_is_away_for_a_while_loses_no_trial(watched, server, tmp_path):
    """It dies while the second trial trains, and is back when the third one waits to begin."""
    names = ("tracking.experiment=swept", "registry.name=swept", "hydra/sweeper/pruner=none")
    fast = ("model.dropout=0.1,0.2,0.3", "trainer.epochs=20", "callbacks=[none]", "pictures=none")
    sweep = watched(("-m", "experiments.train"), *names, *fast)
    sweep.until("Epoch 3/20", times=2)
    server.kill()
    sweep.until("the next trial waits up to 600 s")
    server.start()

    assert sweep.end() == 0, sweep.output
    assert "Traceback" not in sweep.output
    client = server.client()
    parent, children = parent_and_children(client, "swept")
    assert parent.info.status == "FINISHED"
    assert [(child.data.tags["state"], child.info.status) for child in children] == [("complete", "FINISHED")] * 3
    for child in children:
        steps = [point.step for point in client.get_metric_history(child.info.run_id, "val_accuracy")]
        assert steps == list(range(20))
        assert "predictions" in {item.path for item in client.list_artifacts(child.info.run_id)}
    best = max(children, key=lambda child: child.data.metrics["best_val_accuracy"])
    champion = client.get_model_version_by_alias("swept", "champion")
    assert champion.run_id == parent.data.tags["best.run_id"] == best.info.run_id
    mlflow.set_tracking_uri(server.uri)
    assert mlflow.pyfunc.load_model("models:/swept@champion").metadata.run_id == best.info.run_id
    assert not list((tmp_path / "outbox").iterdir())


def away():
    raise StoreAway("nobody answers")


def test_what_a_trial_is_owed_is_delivered_before_its_run_could_be_taken_for_lost(store, tmp_path, monkeypatch):
    uri, box = f"sqlite:///{store}/mlflow.db", tmp_path / "outbox"
    tracker = MlflowTracker(uri=uri, experiment="handed over", artifacts=str(tmp_path / "artifacts"), outbox=str(box))
    parent = SweepRun(tracker=tracker)
    parent.open("s", run_id="", metric="m", tags={}, description="")
    client, experiment = tracker.client("m")
    run_id = client.create_run(experiment, tags={"mlflow.parentRunId": parent.run_id}).info.run_id
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    nobody, kept = mlflow.MlflowClient("http://127.0.0.1:1"), Outbox(folder=box, store=uri)
    writer = Writer(client=nobody, run_id=run_id, run_name="r", outbox=kept, check=away)
    writer.write("end", status="FINISHED", end_time=2**41)
    writer.close()
    study = optuna.create_study()
    trial = study.ask()
    trial.set_user_attr("run_id", run_id)
    study.tell(trial, 1.0)

    (tmp_path / "results").mkdir()
    findings = Findings(ranked=[], folder=tmp_path / "results", tags={}, metrics={}, command="")
    storage = StudyStorage(url="", folder=tmp_path)
    said = hand_over(study, findings, parent=parent, storage=storage, status="FINISHED", reason="")

    assert said == ("not registered (the best trial kept no model)", "")
    info = client.get_run(run_id).info
    assert (info.status, info.end_time) == ("FINISHED", 2**41)
    assert client.get_run(parent.run_id).info.status == "FINISHED"


@pytest.fixture
def noop(watched):
    """A function that starts a sweep of runs that only compute."""
    program = (str(ROOT / "tests/search/noop.py"),)
    names = (
        "tracking.experiment=noop",
        "hydra.sweeper.study_name=s",
        "hydra.sweeper.max_outage=1",
        "model.dropout=0.1,0.2",
    )
    return lambda **environment: watched(program, *names, **environment)


def begun(folder):
    return len((folder / "calls.txt").read_text().splitlines()) if (folder / "calls.txt").is_file() else 0


def test_a_sweep_whose_server_stays_away_stops_and_the_same_command_finishes_it(noop, server, tmp_path):
    sweep = noop(NOOP_SECONDS="2")
    while begun(tmp_path) < 1:
        time.sleep(0.05)
    server.kill()

    assert sweep.end() == 1
    assert "MLflow went away, and the sweep stopped (trials finished: 1). The same command goes on" in sweep.output
    assert "Nothing is lost: every trial is kept" in sweep.output
    assert "Traceback" not in sweep.output
    assert len((tmp_path / "studies/s/results/trials.csv").read_text().splitlines()) == 2
    server.start()
    assert parent_and_children(server.client(), "noop")[0].info.status == "RUNNING"

    again = noop()

    assert again.end() == 0, again.output
    assert begun(tmp_path) == 2, "no trial is run again"
    parent, _ = parent_and_children(server.client(), "noop")
    assert parent.info.status == "FINISHED"
    assert parent.data.metrics["trials"] == 2
