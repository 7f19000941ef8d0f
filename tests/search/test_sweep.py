import json
import os
import signal
import time
from importlib.util import find_spec

import pytest
import yaml

from experiments.paths import ROOT

SPACE = ("optimizer.learning_rate=tag(log,interval(1e-5,1e-1))", "model.dropout=interval(0,0.5)")
WORKERS = ("hydra/launcher=workers",)


def wait_for(condition, seconds=40):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def calls_so_far(sweep):
    return len(sweep.calls()) if (sweep.folder / "calls.txt").is_file() else 0


def test_a_sweep_finishes_exactly_its_trials_and_says_what_was_best(sweep):
    done = sweep.run(*SPACE, "hydra.sweeper.n_trials=8", pictures="default")

    assert done.returncode == 0, done.stderr
    assert sweep.states() == {"complete": 8}
    best = json.loads((sweep.folder / "studies/s/results/best.json").read_text())
    assert best["params"] == sweep.study.best_params
    assert f"optimizer.learning_rate={sweep.study.best_params['optimizer.learning_rate']!r}" in best["command"]
    assert best["command"] in done.stdout
    official = yaml.safe_load((sweep.folder / "studies/s/optimization_results.yaml").read_text())
    assert official == {"name": "optuna", "best_params": best["params"], "best_value": best["values"][0]}
    rows = (sweep.folder / "studies/s/results/trials.csv").read_text().splitlines()
    assert rows[1].split(",")[:3] == ["1", str(best["trial"]), "complete"]
    assert len(rows) == 9
    assert (sweep.folder / "studies/s/results/plots/optimization_history.png").stat().st_size > 10_000


def test_the_same_command_resumes_and_a_larger_budget_extends(sweep):
    picture = sweep.folder / "studies/s/results/plots/optimization_history.png"
    sweep.run(*SPACE, "hydra.sweeper.n_trials=4", "hydra.sweeper.seed=1", pictures="default")
    drawn = picture.stat().st_mtime_ns
    again = sweep.run(*SPACE, "hydra.sweeper.n_trials=4", "hydra.sweeper.seed=1", pictures="default")
    assert len(sweep.calls()) == 4
    assert "going on with s: 4 of 4 finished" in again.stdout
    assert picture.stat().st_mtime_ns == drawn  # drawing takes seconds, and nothing has changed

    sweep.run(*SPACE, "hydra.sweeper.n_trials=7", "hydra.sweeper.seed=1", pictures="default")

    assert sweep.states() == {"complete": 7}
    assert picture.stat().st_mtime_ns > drawn
    assert len({tuple(call[1:3]) for call in sweep.calls()}) == 7


def test_one_worker_with_a_seed_is_reproducible(sweep, tmp_path_factory):
    other = type(sweep)(tmp_path_factory.mktemp("other"))
    for each in (sweep, other):
        each.run(*SPACE, "hydra.sweeper.n_trials=5", "hydra.sweeper.seed=3")

    assert [call[1:3] for call in sweep.calls()] == [call[1:3] for call in other.calls()]


def test_four_workers_claim_each_trial_once(sweep):
    done = sweep.run(*SPACE, *WORKERS, "hydra.sweeper.n_trials=24", "hydra.sweeper.n_jobs=4", NOOP_SECONDS="0.1")

    assert done.returncode == 0, done.stderr
    assert sweep.states() == {"complete": 24}
    names = [call[3] for call in sweep.calls()]
    assert len(set(names)) == len(names) == 24
    assert len({call[0] for call in sweep.calls()}) > 1


def kill_group(process, sweep):
    os.killpg(process.pid, signal.SIGKILL)
    for worker in {int(call[0]) for call in sweep.calls()}:
        os.kill(worker, signal.SIGKILL)


def kill_parent(process, sweep):
    process.kill()


def kill_one_worker(process, sweep):
    os.kill(int(sweep.calls()[-1][0]), signal.SIGKILL)


def interrupt(process, sweep):
    process.send_signal(signal.SIGINT)


@pytest.mark.parametrize("kill", [kill_group, kill_parent, kill_one_worker, interrupt])
def test_a_killed_sweep_goes_on_to_exact_totals(sweep, kill):
    arguments = (*SPACE, *WORKERS, "hydra.sweeper.n_trials=12", "hydra.sweeper.n_jobs=2")
    process = sweep.start(*arguments, NOOP_SECONDS="0.4")
    wait_for(lambda: calls_so_far(sweep) >= 5)
    kill(process, sweep)
    process.communicate(timeout=60)

    done = sweep.run(*arguments, NOOP_SECONDS="0.1")

    assert done.returncode == 0, done.stdout + done.stderr
    states = sweep.states()
    assert states["complete"] == 12
    assert states["RUNNING"] == states["WAITING"] == 0
    names = [call[3] for call in sweep.calls()]
    assert len(set(names)) == len(names)
    finished = [tuple(trial.params.items()) for trial in sweep.study.trials if trial.values]
    assert len(set(finished)) == 12
    lost = [trial for trial in sweep.study.trials if trial.user_attrs.get("state") == "lost"]
    retried = {trial.user_attrs.get("retry_of") for trial in sweep.study.trials}
    assert {trial.number for trial in lost} <= retried


def test_a_second_command_joins_the_study(sweep):
    arguments = (*SPACE, "hydra.sweeper.n_trials=10")
    first, second = (sweep.start(*arguments, NOOP_SECONDS="0.4") for _ in range(2))

    assert [process.wait(timeout=60) for process in (first, second)] == [0, 0]
    assert sweep.states() == {"complete": 10}
    assert len({call[0] for call in sweep.calls()}) == 2


@pytest.mark.parametrize(
    ("bad", "state", "code"),
    [
        ("error", "failed", 1),
        ("nan", "diverged", 0),
        ("diverged", "diverged", 0),
        ("memory", "out of memory", 0),
        ("unfit", "does not fit", 0),
    ],
)
def test_what_goes_wrong_in_a_trial(sweep, bad, state, code):
    values = ("model.dropout=0.1,0.2,0.3,0.4", "hydra/sweeper/sampler=grid", "hydra.sweeper.max_failures=1")

    done = sweep.run(*values, NOOP_BAD=bad, NOOP_BAD_ABOVE="0.15")

    assert done.returncode == code, done.stderr
    assert sweep.states()["complete"] == 1
    assert sweep.states()[state] == (2 if code else 3)
    if code:
        assert "2 trials failed, more than hydra.sweeper.max_failures=1" in done.stderr
        assert "ValueError: as asked" in done.stderr


def test_a_sweep_none_of_whose_models_fits_the_data_has_failed(sweep):
    values = ("model.dropout=0.1,0.2", "hydra/sweeper/sampler=grid")

    done = sweep.run(*values, NOOP_BAD="unfit", NOOP_BAD_ABOVE="0")

    assert done.returncode == 1
    assert "no trial has layers that fit the data; the last: as asked" in done.stderr


def test_a_trial_lost_to_the_network_is_run_again_a_few_times(sweep):
    values = ("model.dropout=0.1,0.2", "hydra/sweeper/sampler=grid", "hydra.sweeper.max_retries=2")

    done = sweep.run(*values, "hydra.sweeper.max_failures=null", NOOP_BAD="lost", NOOP_BAD_ABOVE="0.15")

    assert [call[2] for call in sweep.calls()].count("0.2") == 3
    assert sweep.states() == {"complete": 1, "lost": 2, "failed": 1}
    assert done.returncode == 1
    assert "1 of 2 trials failed:\n  trial 3: lost 3 times: ConnectionError: as asked" in done.stderr


@pytest.mark.parametrize(
    ("budget", "seconds", "finished"),
    [
        ("hydra.sweeper.target=-100", "0", 1),
        ("hydra.sweeper.timeout=4", "4.1", 1),
        ("hydra.sweeper.patience=1", "0", 2),
    ],
)
def test_other_ends_than_the_number_of_trials(sweep, budget, seconds, finished):
    sweep.run("model.dropout=0.1,0.2,0.3", "hydra/sweeper/sampler=grid", budget, NOOP_SECONDS=seconds)

    assert sweep.states()["complete"] == finished


def test_a_plain_multirun_runs_every_combination_in_order(sweep):
    done = sweep.run("model.dropout=0.1,0.2", "optimizer.learning_rate=0.01,0.02", sweeper=None)

    assert done.returncode == 0, done.stderr
    assert [tuple(call[1:3]) for call in sweep.calls()] == [
        ("0.01", "0.1"),
        ("0.02", "0.1"),
        ("0.01", "0.2"),
        ("0.02", "0.2"),
    ]
    assert "rank trial" in done.stdout


def test_each_trial_has_a_folder_of_its_own_whatever_the_runs_are_called(sweep):
    sweep.run("model.dropout=0.1,0.2", "run_name=mine", sweeper=None)

    assert [call[3] for call in sweep.calls()] == ["mine-000", "mine-001"]


def test_no_secret_is_written_down_or_shown(sweep):
    done = sweep.run(
        "model.dropout=0.1,0.2", "+api_token=hunter2", sweeper=None, NOOP_BAD="error", NOOP_BAD_ABOVE="0.15"
    )

    assert "+api_token=***" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr
    written = [
        file for file in (sweep.folder / "studies").rglob("*") if file.is_file() and b"hunter2" in file.read_bytes()
    ]
    assert written == []


def test_a_plain_multirun_goes_on_after_a_failure_and_then_says_so(sweep):
    done = sweep.run("model.dropout=0.1,0.2,0.05", sweeper=None, NOOP_BAD="error", NOOP_BAD_ABOVE="0.15")

    assert done.returncode == 1
    assert "1 of 3 trials failed:\n  trial 1: ValueError: as asked" in done.stderr
    assert [call[2] for call in sweep.calls()] == ["0.1", "0.2", "0.05"]


def test_a_sqlite_study_takes_several_workers(sweep):
    storage = f"hydra.sweeper.storage='sqlite:///{sweep.folder}/study.db'"

    done = sweep.run(*SPACE, *WORKERS, storage, "hydra.sweeper.n_trials=40", "hydra.sweeper.n_jobs=4")

    assert done.returncode == 0, done.stderr
    assert len(sweep.calls()) == 40


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("model.l2=0.1",), "the search space is empty"),
        (("model.dropout=interval(0.5,0.1)",), "interval(0.5, 0.1) has nothing inside"),
        (("model.l2=tag(log,interval(0,0.1))",), "must begin above 0"),
        (("model.dropout=interval(0,2)",), "model.dropout must be in [0, 1), got 2"),
        (("model.droput=interval(0,1)",), "Did you mean 'dropout'"),
        (("model=mlp,nosuch",), "model=nosuch: there is no such option"),
        ((SPACE[1], "hydra.sweeper.n_trials=0"), "hydra.sweeper.n_trials must be a whole number, at least 1, got 0"),
        (
            (SPACE[1], "hydra.sweeper.n_jobs=2"),
            "n_jobs=2 needs a launcher that starts workers side by side: hydra/launcher=workers",
        ),
        ((SPACE[1], "+hydra.sweeper.n_trails=3"), "Did you mean 'n_trials'"),
        ((SPACE[1], "hydra/sweeper/sampler=grid"), "an interval has endlessly many values"),
        (("model=mlp,cnn", "hydra/sweeper/sampler=cmaes"), "cmaes searches numbers"),
        pytest.param(
            (SPACE[1], "hydra/sweeper/sampler=gp"),
            "hydra/sweeper/sampler=gp needs PyTorch",
            marks=pytest.mark.skipif(find_spec("torch") is not None, reason="PyTorch is installed"),
        ),
        ((SPACE[1], "hydra/sweeper/sampler=tpee"), "Did you mean 'tpe'?"),
        ((SPACE[1], "hydra.sweeper.direction=[maximize,minimize]"), "cannot be pruned"),
        (
            ("model.units=[64],[32]", "hydra.sweeper.enqueue=[{model.units:[8]}]"),
            "model.units=[8] is none of [64],[32]",
        ),
        ((SPACE[1], "hydra.sweeper.enqueue=[{model.dropout:high}]"), "model.dropout=high is none of interval(0, 0.5)"),
        ((SPACE[1], "hydra.sweeper.warm_start=t"), "there is no such study"),
        ((SPACE[1], "hydra.sweeper.direction=up"), "must be maximize or minimize, got 'up'"),
        ((SPACE[1], "hydra.sweeper.storage=mongodb://x"), "it must begin with journal:///"),
        ((SPACE[1], "hydra.sweeper.storage=sqlite:////nowhere/at/all.db"), "cannot be opened"),
    ],
)
def test_a_mistake_is_one_clear_error_before_any_trial(sweep, arguments, said):
    refused = sweep.run(*arguments)

    assert refused.returncode == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (sweep.folder / "calls.txt").exists()


def test_a_sweep_file_of_the_official_sweeper_runs_with_its_name_changed(sweep, tmp_path):
    group = tmp_path / "more" / "sweeps"
    group.mkdir(parents=True)
    (group / "official.yaml").write_text(
        "# @package _global_\n"
        "defaults:\n"
        "  - override /hydra/sweeper: optuna_async\n"
        "  - override /hydra/sweeper/sampler: tpe\n"
        "hydra:\n"
        "  sweeper:\n"
        "    sampler: {seed: 123}\n"
        "    direction: maximize\n"
        "    study_name: s\n"
        "    storage: null\n"
        "    n_trials: 5\n"
        "    n_jobs: 1\n"
        "    max_failure_rate: 0.0\n"
        "    params:\n"
        "      model.dropout: range(0.0, 0.5, step=0.1)\n"
        "      model.units: choice([32],[64])\n"
    )
    searchpath = f"hydra.searchpath=[file://{tmp_path}/more,file://{ROOT}]"

    done = sweep.run("sweeps=official", searchpath, sweeper=None)

    assert done.returncode == 0, done.stderr
    assert sweep.states()["complete"] == 5
