import pytest

GRID = ("hydra/sweeper/sampler=grid", "model.dropout=0.1,0.2,0.3,0.4,0.45,0.46")


@pytest.mark.parametrize(
    ("setting", "processes"), [("hydra.sweeper.trials_per_worker=2", 3), ("hydra.sweeper.memory_limit=1", 6)]
)
def test_a_worker_is_replaced_before_it_grows_too_large(sweep, setting, processes):
    done = sweep.run(*GRID, setting, "hydra/launcher=workers")

    assert done.returncode == 0, done.stderr
    assert sweep.states() == {"complete": 6}
    assert len({call[0] for call in sweep.calls()}) == processes


def test_a_launcher_that_replaces_no_worker_is_asked_for_another(sweep):
    done = sweep.run(*GRID, "hydra.sweeper.trials_per_worker=2")

    assert done.returncode == 0, done.stderr
    assert sweep.states() == {"complete": 6}


def test_a_run_that_returns_no_number_is_a_failure_that_says_so(sweep):
    done = sweep.run(*GRID, "hydra.sweeper.direction=[maximize,minimize]", "hydra/sweeper/pruner=none")

    assert done.returncode == 1
    assert "not 2 numbers to go by" in done.stderr


def test_a_space_of_ones_own_may_suggest_further_keys(sweep, tmp_path, monkeypatch):
    (tmp_path / "own_space.py").write_text(
        "def further(config, trial):\n"
        "    if config.model.dropout > 0.15:\n"
        "        trial.suggest_float('optimizer.learning_rate', 0.25, 0.25)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    sweep.run(
        "hydra/sweeper/sampler=grid",
        "model.dropout=0.1,0.2",
        "hydra.sweeper.custom_search_space=own_space.further",
    )

    assert [tuple(call[1:3]) for call in sweep.calls()] == [("0.001", "0.1"), ("0.25", "0.2")]


def test_a_trial_that_was_taken_for_lost_meanwhile_is_left_to_others_and_the_worker_goes_on(sweep):
    done = sweep.run(*GRID, NOOP_BAD_ABOVE="0.42", NOOP_BAD="taken")

    assert done.returncode == 0, done.stderr
    assert sweep.states() == {"complete": 6, "lost": 2}
    assert done.stdout.count("was taken for lost") == 2


def test_an_interruption_of_a_trial_that_was_taken_for_lost_ends_the_sweep_all_the_same(sweep):
    done = sweep.run(*GRID, NOOP_BAD_ABOVE="0.15", NOOP_BAD="taken and interrupted")

    assert done.returncode == 130
    assert [call[2] for call in sweep.calls()] == ["0.1", "0.2"]


def test_a_search_by_another_metric_than_the_objective_is_told_of_no_epochs(sweep):
    sweep.run(*GRID, "hydra.sweeper.metrics=[parameters]", "hydra.sweeper.direction=minimize")

    assert [call[2] for call in sweep.calls()][:2] == ["0.1", "0.2"]
    assert not any(trial.intermediate_values for trial in sweep.study.trials)
