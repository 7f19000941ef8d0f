import threading

import optuna
from optuna.exceptions import StorageInternalError
from optuna.trial import TrialState

from experiments.search.progress import progress, shown_params
from experiments.search.study import Budget


def test_each_trial_that_ends_is_told_with_the_best_and_what_is_left(said):
    study = optuna.create_study(direction="maximize", study_name="s")
    study.tell(study.ask(), 0.5)

    with progress(study, Budget(n_trials=4), "val_accuracy"):
        study.tell(study.ask({"x": optuna.distributions.FloatDistribution(1, 1)}), 0.75)
        pruned = study.ask()
        pruned.set_user_attr("reason", "others were better")
        study.tell(pruned, state=TrialState.PRUNED)

    text = said()
    assert "going on with s: 1 of 4 finished" in text
    assert "trial 1 complete val_accuracy 0.7500: x=1" in text
    assert "trial 2 pruned (others were better)" in text
    assert "3 of 4 finished (1 pruned), 0 failed, 0 running; best val_accuracy 0.7500, trial 1; about " in text
    assert "trial 0" not in text


def test_a_look_that_fails_is_followed_by_others(monkeypatch):
    monkeypatch.setattr("experiments.search.progress._LOOK", 0.01)
    study, tried, seen = optuna.create_study(direction="maximize"), [], threading.Event()
    listed = study.get_trials

    def get_trials(**options):
        tried.append(options)
        if len(tried) == 3:  # twice it is asked before the first look
            raise StorageInternalError("the database is away")
        if len(tried) > 3:
            seen.set()
        return listed(**options)

    monkeypatch.setattr(study, "get_trials", get_trials)

    with progress(study, Budget(n_trials=4), "val_accuracy"):
        assert seen.wait(10)


def test_long_numbers_are_shortened():
    trial = optuna.trial.create_trial(
        params={"a": 0.123456789, "b": "x"},
        distributions={
            "a": optuna.distributions.FloatDistribution(0, 1),
            "b": optuna.distributions.CategoricalDistribution(["x"]),
        },
        value=1,
    )
    assert shown_params(trial) == "a=0.1235 b=x"
