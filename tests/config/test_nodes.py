import pytest

from experiments.app import compose
from experiments.config.nodes import value_at
from experiments.errors import UserError


@pytest.mark.parametrize(
    ("overrides", "refusal"),
    [
        (["task.loss=mse"], "task.loss must be a node with a _target_, got 'mse'. Write task.loss._target_=PACKAGE."),
        (["task.loss=my_losses.f"], "got 'my_losses.f'. Write task.loss._target_=my_losses.f."),
        (["task.metrics.accuracy=acc"], "such as task.metrics.accuracy._target_=keras.metrics.MeanAbsoluteError."),
        (["task.metrics=3"], "task.metrics must hold nodes by their names, got 3. Set one: +task.metrics.NAME."),
        (["+callbacks.mine=true"], "callbacks.mine must be a node with a _target_, got True."),
        (["+callbacks.mine=3"], "callbacks.mine must be a node with a _target_, got 3."),
        (["+callbacks.mine={patience: 3}"], "callbacks.mine must be a node with a _target_, got none."),
        (["~optimizer._target_"], "optimizer must be a node with a _target_, got none."),
        (
            ["callbacks=[lr_schedule]", "callbacks.lr_schedule.schedule=my_losses.lr"],
            "callbacks.lr_schedule.schedule must be a node with a _target_, got 'my_losses.lr'. Write callbacks.lr_sch",
        ),
        (["+callbacks.own={_target_: keras.callbacks.LearningRateScheduler}"], "callbacks.own.schedule must be a node"),
        (["model=sequential", "+model.layers.more=3"], "model.layers.more must be a node with a _target_, got 3."),
        (["model=sequential", "model.layers=null"], "model.layers must hold layers by their names, got null."),
    ],
)
def test_a_value_in_the_place_of_a_node_is_refused_with_what_to_write(overrides, refusal):
    with pytest.raises(UserError) as error:
        compose("train", overrides)

    assert refusal in str(error.value)


@pytest.mark.parametrize(
    ("override", "key"),
    [
        ("callbacks.early_stopping=null", "callbacks.early_stopping"),
        ("task.metrics.accuracy=null objective.metric=loss objective.mode=min", "task.metrics.accuracy"),
        ("model=sequential model.layers.hidden=null", "model.layers.hidden"),
        ("saving.keras=null", "saving.keras"),
    ],
)
def test_a_node_that_may_be_left_out_may_be_null(override, key):
    overrides = [*override.split(), *(["callbacks=[none]"] if "metrics" in key else [])]

    assert value_at(compose("train", overrides), key) is None


def test_a_callback_may_be_switched_off():
    assert compose("train", ["callbacks.early_stopping=false"])["callbacks"]["early_stopping"] is False
