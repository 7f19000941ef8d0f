import logging

import optuna
from optuna.trial import TrialState

from experiments.search.progress import progress, shown_params
from experiments.search.study import Budget


def test_each_trial_that_ends_is_told_with_the_best_and_what_is_left(caplog):
    study = optuna.create_study(direction="maximize", study_name="s")
    study.tell(study.ask(), 0.5)

    with caplog.at_level(logging.INFO, "experiments"), progress(study, Budget(n_trials=4), "val_accuracy"):
        study.tell(study.ask({"x": optuna.distributions.FloatDistribution(1, 1)}), 0.75)
        pruned = study.ask()
        pruned.set_user_attr("reason", "others were better")
        study.tell(pruned, state=TrialState.PRUNED)

    said = "\n".join(caplog.messages)
    assert "going on with s: 1 of 4 finished" in said
    assert "trial 1 complete val_accuracy 0.7500: x=1" in said
    assert "trial 2 pruned (others were better)" in said
    assert "3 of 4 finished (1 pruned), 0 failed, 0 running; best val_accuracy 0.7500, trial 1; about " in said
    assert "trial 0" not in said


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
