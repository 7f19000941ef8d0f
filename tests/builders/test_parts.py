import pytest

from experiments import builders
from experiments.app import compose
from experiments.errors import UserError


def test_examples_of_another_shape_than_the_config_says_are_refused_before_training():
    with pytest.raises(UserError, match=r"data\.input_shape=\[9, 9, 1\] is not the shape .* which is \[8, 8, 1\]"):
        builders.splits(compose("train", ["data=digits", "data.input_shape=[9,9,1]"]))


def test_callbacks_come_in_the_order_of_their_nodes_and_can_be_dropped():
    config = compose("train", ["callbacks=[default,lr_schedule]", "~callbacks.csv_logger"])

    names = [type(callback).__name__ for callback in builders.callbacks(config, builders.splits(config))]

    assert names == ["EarlyStopping", "TerminateOnNaN", "ModelCheckpoint", "TensorBoard", "LearningRateScheduler"]


@pytest.mark.parametrize(
    ("node", "refusal"),
    [
        (
            "{_target_: keras.layers.Flatten}",
            "callbacks.mine: keras.layers.Flatten makes a Flatten, which is no keras.",
        ),
        (
            "{_target_: keras.callbacks.LearningRateScheduler, schedule: {_target_: fractions.Fraction}}",
            "callbacks.mine.schedule: fractions.Fraction makes a Fraction; a function of epoch and rate is wanted",
        ),
    ],
)
def test_what_is_no_callback_or_schedule_is_refused_by_its_node(node, refusal):
    config = compose("train", ["data=digits", f"+callbacks.mine={node}"])

    with pytest.raises(UserError) as error:
        builders.callbacks(config, builders.splits(config))

    assert refusal in str(error.value)


@pytest.mark.parametrize(
    ("overrides", "fragment"),
    [
        (["data=digits", "model=mlp", "trainer.batch_size=5000"], "trainer.batch_size=5000 is larger"),
        (["data.path=/nowhere"], "/nowhere is missing"),
        (["data=wine", "model=mlp", "+data.source.columns=3"], "has no argument 'columns'"),
    ],
)
def test_data_that_cannot_be_used_is_refused(overrides, fragment):
    with pytest.raises(UserError) as refusal:
        builders.splits(compose("train", overrides))

    assert fragment in str(refusal.value)


def test_the_trainer_has_the_epochs_of_both_phases():
    config = compose("train", ["trainer.epochs=4", "fine_tuning=unfreeze", "fine_tuning.epochs=3"])

    assert builders.trainer(config).epochs == 7
    assert builders.trainer(compose("train", ["trainer.epochs=4"])).epochs == 4


def test_a_model_without_frozen_layers_cannot_be_fine_tuned(wine):
    config = compose("train", ["data=wine", "model=mlp", "fine_tuning=unfreeze"])

    with pytest.raises(UserError, match=r"nothing to unfreeze: the layers of mlp .* fine_tuning=none"):
        builders.with_fine_tuning(config, builders.model(config, wine[1]), [])
