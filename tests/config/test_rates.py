import pytest

from experiments.app import compose
from experiments.errors import UserError

PLATEAU = "+callbacks.mine={_target_: keras.callbacks.ReduceLROnPlateau}"
SCHEDULER = (
    "+callbacks.own={_target_: keras.callbacks.LearningRateScheduler, "
    "schedule: {_target_: experiments.callbacks.decay.step}}"
)


@pytest.mark.parametrize(
    ("overrides", "refusal"),
    [
        (["schedule=cosine", "callbacks=[lr_schedule]"], "a schedule and callbacks.lr_schedule would both"),
        (["schedule=cosine", PLATEAU], "a schedule and callbacks.mine would both set the learning rate"),
        (["schedule=cosine", SCHEDULER], "leave out ~callbacks.own."),
        ([PLATEAU, SCHEDULER], "callbacks.mine and callbacks.own would both set the learning rate"),
        (["callbacks=[lr_schedule,reduce_lr_on_plateau]"], "Leave out one: ~callbacks.reduce_lr_on_plateau."),
        (["schedule=piecewise", "schedule.factors=[1,nan]"], "schedule.factors must hold numbers > 0 and finite, got "),
        (["schedule=piecewise", "schedule.factors=[1,low]"], "> 0 and finite, got 'low'."),
        (["schedule=piecewise", "schedule.factors=[1,0]"], "> 0 and finite, got 0."),
        (["schedule=piecewise", "schedule.factors=[1]"], "must be one more than schedule.boundaries=[3], got [1]"),
        (["schedule=piecewise", "schedule.boundaries=[]"], "must name at least one epoch, got []"),
        (["schedule=piecewise", "schedule.boundaries=[5,3]"], "whole numbers that ascend, got [5, 3]"),
    ],
)
def test_what_cannot_set_the_learning_rate_is_refused(overrides, refusal):
    with pytest.raises(UserError) as error:
        compose("train", overrides)

    assert refusal in str(error.value)


@pytest.mark.parametrize(
    "overrides",
    [[PLATEAU], [SCHEDULER], ["schedule=piecewise", "schedule.boundaries=[1,2]", "schedule.factors=[1,0.5,2]"]],
)
def test_one_that_sets_the_learning_rate_is_accepted(overrides):
    config = compose("train", overrides)

    assert bool(config["schedule"]) != ("mine" in config["callbacks"] or "own" in config["callbacks"])
