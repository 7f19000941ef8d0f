import math
from typing import Any

import pytest

from experiments.app import compose
from experiments.config.knobs import check_knobs, leaves
from experiments.errors import UserError


def value_at(config: dict[str, Any], key: str) -> Any:
    for part in key.split("."):
        config = config[part]
    return config


@pytest.mark.parametrize(
    ("overrides", "complaint"),
    [
        ("optimizer.learning_rate=0", "must be > 0 and finite, got 0."),
        ("optimizer.learning_rate=nan", "must be > 0 and finite, got nan."),
        ("optimizer.learning_rate=inf", "must be > 0 and finite, got inf."),
        ("optimizer.learning_rate=abc", "must be a number, got 'abc'."),
        ("optimizer.learning_rate='0.1'", "must be a number, got '0.1'."),
        ("optimizer.learning_rate=true", "must be a number, got True."),
        ("optimizer.learning_rate=null", "must be a number, got null."),
        ("optimizer.learning_rate=${model.l2}", "must be > 0 and finite, got 0.0."),
        ("optimizer=sgd optimizer.momentum=1.1", "must be in [0, 1], got 1.1."),
        ("model.dropout=1", "must be in [0, 1), got 1."),
        ("model.l2=-1", "must be >= 0 and finite, got -1."),
        ("model.units=[0]", "must be >= 1, got 0."),
        ("task=classification_one_hot task.loss.label_smoothing=1", "must be in [0, 1), got 1."),
        ("trainer.epochs=0", "must be >= 1, got 0."),
        ("trainer.epochs=2.5", "must be a whole number, got 2.5."),
        ("trainer.epochs=true", "must be a whole number, got True."),
        ("trainer.epochs=null", "must be a whole number, got null."),
        ("trainer.batch_size=0", "must be >= 1, got 0."),
        ("trainer.steps_per_execution=fast", "must be a whole number or auto, got 'fast'."),
        ("trainer.steps_per_execution=0", "must be >= 1, got 0."),
        ("trainer.steps_per_execution=null", "must be a whole number"),
        ("data.validation_split=-1", "must be a share in [0, 1) or a number of examples, got -1."),
        ("data.folds=1", "must be >= 2, got 1."),
        ("data.limit=0", "must be >= 1, got 0."),
        ("data.path=3", "must be a text, got 3."),
        ("data=digits data.source.test_split=1", "must be in (0, 1), got 1."),
        ("tracking.timeout=0", "must be > 0 and finite, got 0."),
        ("tracking.retry_seconds=-1", "must be >= 0 and finite, got -1."),
        ("seed=-1", "must be in [0, 4294967295], got -1."),
        ("run_name=null", "must be a text, got null."),
        ("task.labels=dense", "must be sparse or one_hot or number, got 'dense'."),
        ("objective.mode=mx", "must be max or min, got 'mx'. Did you mean 'max'?"),
        ("callbacks.early_stopping.patience=-1", "must be >= 0 and finite, got -1."),
        ("callbacks.tensorboard.update_freq=sometimes", "must be a whole number or epoch or batch, got 'sometimes'."),
        ("callbacks.tensorboard.update_freq=1.5", "must be a whole number or epoch or batch, got 1.5."),
        ("callbacks=default callbacks.tensorboard.update_freq=null", "must be a whole number"),
        ("callbacks=reduce_lr_on_plateau callbacks.reduce_lr_on_plateau.factor=1", "must be in (0, 1), got 1."),
        ("callbacks=backup_and_restore callbacks.backup_and_restore.save_freq=0", "must be >= 1, got 0."),
        (
            "callbacks=backup_and_restore callbacks.backup_and_restore.save_freq=day",
            "must be a whole number or epoch, got 'day'.",
        ),
        ("callbacks=[lr_schedule] callbacks.lr_schedule.schedule.rate=0", "must be in (0, 1], got 0."),
        ("callbacks=[lr_schedule] callbacks.lr_schedule.schedule.start_epoch=0", "must be >= 1, got 0."),
    ],
)
def test_a_wrong_value_is_refused_with_the_knob_its_bounds_and_the_value(overrides, complaint):
    with pytest.raises(UserError) as refusal:
        compose("train", overrides.split())

    key = overrides.split()[-1].partition("=")[0]
    assert str(refusal.value).startswith(f"{key} {complaint}")


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        (  # whole numbers stand for numbers, and ends that belong to a range are in it
            "optimizer.learning_rate=1 model.dropout=0 model.l2=1 seed=0 trainer.epochs=1 data.limit=1",
            (1.0, 0.0, 1.0, 0, 1, 1),
        ),
        (
            "optimizer.learning_rate=1e-30 model.dropout=0.999 data.validation_split=0.01 seed=4294967295",
            (1e-30, 0.999, 0.01, 4294967295),
        ),
        ("trainer.steps_per_execution=auto trainer.verbose=auto model.units=[]", ("auto", "auto", [])),
        ("trainer.steps_per_execution=7 trainer.verbose=0 model.units=[256,128]", (7, 0, [256, 128])),
        (  # null where the YAML ships null
            "optimizer.clipnorm=null data.limit=null data.path=null trainer.threads=null",
            (None, None, None, None),
        ),
        (
            "optimizer.clipnorm=1 optimizer.global_clipnorm=0.5 data.limit=9 data.path=/some/where trainer.threads=2",
            (1, 0.5, 9, "/some/where", 2),
        ),
        ("model=basic_cnn model.units=256", ("basic_cnn", 256)),
        ("optimizer=sgd optimizer.momentum=1 optimizer.nesterov=true", ("sgd", 1.0, True)),
        (
            "optimizer.learning_rate=${model.dropout} model.dropout=0.5 data.limit=${trainer.batch_size}",
            (0.5, 0.5, 32),
        ),
        ("callbacks.tensorboard.update_freq=batch callbacks.early_stopping.patience=0", ("batch", 0)),
        ("callbacks.tensorboard.update_freq=100 callbacks.tensorboard.profile_batch='10,20'", (100, "10,20")),
        ("callbacks=[lr_schedule] callbacks.lr_schedule.schedule.rate=1", ("lr_schedule", 1.0)),
        ("callbacks=backup_and_restore callbacks.backup_and_restore.save_freq=5", ("backup_and_restore", 5)),
        ("run_name=first-try +tracking.tags.team=vision +tracking.tags.floor=3", ("first-try", "vision", 3)),
    ],
)
def test_a_right_value_arrives_as_it_was_given(overrides, expected):
    config = compose("train", overrides.split())

    for override, value in zip(overrides.split(), expected, strict=True):
        key = override.lstrip("+").partition("=")[0]
        if "." in key or key in {"seed", "run_name"}:  # the others choose an option
            arrived = value_at(config, key)
            assert (arrived, type(arrived)) == (value, type(value)), key


def test_a_whole_number_is_a_fraction_where_one_is_wanted_and_wherever_that_is_referred_to():
    config = compose("train", ["optimizer.learning_rate=1", "schedule=exponential", "data.validation_split=200"])

    rates = config["optimizer"]["learning_rate"], config["schedule"]["learning_rate"]
    assert [type(rate) for rate in rates] == [float, float]
    assert type(config["data"]["validation_split"]) is int, "as a count"


@pytest.mark.parametrize(
    ("key", "value", "choices", "complaint"),
    [
        ("callbacks.early_stopping.patience", 1.5, {"callbacks": "default"}, "must be a whole number, got 1.5."),
        ("callbacks.csv_logger.append", "maybe", {"callbacks": "default"}, "must be true or false, got 'maybe'."),
        ("callbacks.target_reached.target", True, {"callbacks": "default"}, "must be a number, got True."),
        ("callbacks.target_reached.target", "high", {"callbacks": "default"}, "must be a number, got 'high'."),
        ("callbacks.early_stopping.patience", None, {"callbacks": "default"}, "must be a whole number, got null."),
        ("model.units", 64, {"model": "mlp"}, "must be a list, such as [64,32], got 64."),
        ("model.units", [64], {"model": "basic_cnn"}, "must be a whole number"),
        ("optimizer.learning_rate", -0.1, {"optimizer": "adam"}, "must be > 0 and finite, got -0.1."),
        ("optimizer.learning_rate", [0.1], {"optimizer": "sgd"}, "must be a number, got [0.1]."),
        ("optimizer.beta_1", 1, {"optimizer": "adamw"}, "must be in [0, 1), got 1."),
        ("optimizer.epsilon", 0, {"optimizer": "adagrad"}, "must be > 0 and finite, got 0."),
        ("optimizer.amsgrad", 1, {"optimizer": "adam"}, "must be true or false, got 1."),
        ("optimizer.clipnorm", 0, {"optimizer": "adam"}, "must be > 0 and finite, got 0."),
        ("optimizer.global_clipnorm", "much", {"optimizer": "adam"}, "must be a number, got 'much'."),
        ("optimizer.weight_decay", -1, {"optimizer": "adamw"}, "must be >= 0 and finite, got -1."),
        ("optimizer.rho", 1, {"optimizer": "rmsprop"}, "must be in [0, 1), got 1."),
        ("model.l2", math.inf, {"model": "cnn"}, "must be >= 0 and finite, got inf."),
        ("model.dropout", -0.1, {"model": "cnn"}, "must be in [0, 1), got -0.1."),
        ("model.units", [128, -1], {"model": "cnn"}, "must be >= 1, got -1."),
        ("model.units", [128, "wide"], {"model": "cnn"}, "must be a number, got 'wide'."),
        ("model.kernel_size", 2.5, {"model": "cnn"}, "must be a whole number, got 2.5."),
        ("model.activation", None, {"model": "mlp"}, "must be a text, got null."),
        ("trainer.validation_batch_size", 0, {"trainer": "keras_fit"}, "must be >= 1, got 0."),
        ("trainer.threads", 0, {"trainer": "keras_fit"}, "must be >= 1, got 0."),
        ("trainer.deterministic", 1, {"trainer": "keras_fit"}, "must be true or false, got 1."),
        ("trainer.verbose", "loud", {"trainer": "keras_fit"}, "must be a whole number or auto, got 'loud'."),
        ("data.split_seed", -1, {"data": "wine"}, "must be >= 0 and finite, got -1."),
        ("data.limit", 1.5, {"data": "wine"}, "must be a whole number, got 1.5."),
        ("data.source.timeout", 0, {"data": "fashion_mnist"}, "must be > 0 and finite, got 0."),
        ("registry.only_if_better", None, {"registry": "best"}, "must be true or false, got null."),
        ("callbacks.tensorboard.histogram_freq", -1, {"callbacks": "default"}, "must be >= 0 and finite, got -1."),
        ("seed", 4294967296, {}, "must be in [0, 4294967295], got 4294967296."),
        ("seed", "lucky", {}, "must be a whole number, got 'lucky'."),
    ],
)
def test_the_yaml_file_of_the_chosen_option_says_of_which_type_a_knob_is(key, value, choices, complaint):
    with pytest.raises(UserError) as refusal:
        check_knobs({key: value}, choices)

    assert str(refusal.value).startswith(f"{key} {complaint}")


@pytest.mark.parametrize(
    ("knob", "values"),
    [
        ("profile_batch", [0, 2, "10,20", [10, 20]]),
        ("update_freq", ["epoch", "batch", 1, 100]),
        ("histogram_freq", [0, 5]),
        ("write_graph", [True, False]),
    ],
)
def test_tensorboard_takes_what_keras_takes_and_no_more(knob, values):
    key = f"callbacks.tensorboard.{knob}"

    for value in values:
        check_knobs({key: value}, {"callbacks": "default"})

    if knob != "profile_batch":
        with pytest.raises(UserError, match=f"{key} must be"):
            check_knobs({key: 0.5}, {"callbacks": "default"})


def test_a_knob_of_ones_own_may_hold_anything():
    mine: dict[str, Any] = {"mine.list": [1, "a"], "mine.none": None, "mine.nan": math.nan, "model.units.extra": "x"}

    for choices in ({}, {"model": "mlp"}, {"model": "mine"}, {"experiment": "mnist_quickstart"}):
        check_knobs(mine, choices)

    with pytest.raises(UserError, match="seed must be"):
        check_knobs({**mine, "seed": -1}, {})


def test_the_first_of_several_wrong_values_is_named():
    with pytest.raises(UserError, match=r"^model\.dropout must be"):
        check_knobs({"model.l2": 0.0, "model.dropout": 2, "seed": -1}, {"model": "mlp"})


@pytest.mark.parametrize(
    ("nested", "flat"),
    [
        ({}, {}),
        ({"a": 1, "b": {"c": {"d": "x"}, "e": None}}, {"a": 1, "b.c.d": "x", "b.e": None}),
        ({"units": [1, 2], "nodes": [{"a": 1}]}, {"units": [1, 2], "nodes": [{"a": 1}]}),
        ({"tags": {}, "names": []}, {"tags": {}, "names": []}),
        ({1: {"a": 2}}, {"1.a": 2}),
    ],
)
def test_leaves_are_named_by_their_path_and_lists_and_empty_mappings_are_leaves(nested, flat):
    assert dict(leaves(nested)) == flat
