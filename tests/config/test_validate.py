import functools
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from omegaconf import DictConfig, OmegaConf

from experiments.app import compose
from experiments.config import validate
from experiments.errors import UserError


@functools.cache
def shipped() -> DictConfig:
    return OmegaConf.create(compose("train", ["model=mlp", "data=digits"]))


def composed(**changes: Any) -> DictConfig:
    """Return a config as Hydra hands it over, with some values changed."""
    config = deepcopy(shipped())
    for key, value in changes.items():
        OmegaConf.update(config, key.replace("__", "."), value)
    return config


def everything_in(node: Any) -> Iterator[Any]:
    yield node
    for item in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from everything_in(item)


@pytest.mark.parametrize(
    "overrides",
    [[], ["model=mlp", "data=wine"], ["debug=overfit"], ["experiment=fashion_mnist_mlp"], ["callbacks=none"]],
    ids=" ".join,
)
def test_a_shipped_config_comes_out_as_plain_values_with_every_reference_resolved(overrides):
    values = list(everything_in(compose("train", overrides)))

    assert {type(value) for value in values} <= {dict, list, str, int, float, bool, type(None)}
    assert not [value for value in values if isinstance(value, str) and ("${" in value or value == "???")]


def test_data_facts_flow_to_where_they_are_needed():
    config = compose("train", ["data=wine", "model=mlp", "objective.metric=val_loss", "objective.mode=min"])

    assert config["model"]["input_shape"] == config["data"]["input_shape"] == [13]
    assert config["model"]["outputs"] == config["task"]["outputs"] == config["data"]["num_classes"] == 3
    assert config["tracking"]["experiment"] == config["registry"]["name"] == "wine"
    assert config["callbacks"]["early_stopping"]["monitor"] == "val_loss"
    assert config["callbacks"]["model_checkpoint"]["mode"] == "min"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"data__path": "???"}, "data.path has no value. Set it: data.path=VALUE."),
        ({"seed": "???"}, "seed has no value. Set it: seed=VALUE."),
        ({"seed": "???", "data__path": "???"}, "data.path has no value. Set it: data.path=VALUE."),
        ({"seed": "???", "model__dropout": 2}, "seed has no value. Set it: seed=VALUE."),
        ({"model__dropout": 2, "data__kind": "table", "model__accepts": ["image"]}, "model.dropout must be in [0, 1)"),
        ({"model__units": 64}, "model.units must be a list"),
        ({"model__accepts": ["table"]}, "model=mlp takes table data, but data=digits is image data"),
    ],
)
def test_what_is_missing_is_said_first_then_what_is_wrong_alone_then_what_is_wrong_together(changes, message):
    with pytest.raises(UserError) as refusal:
        validate(composed(**changes), {"model": "mlp", "data": "digits"})

    assert str(refusal.value).startswith(message)


def test_references_are_resolved_in_what_is_returned_and_stay_in_what_was_given():
    config = composed(trainer__epochs="${seed}")

    resolved = validate(config, {})

    assert resolved["trainer"]["epochs"] == resolved["seed"] == 42
    assert OmegaConf.to_container(config, resolve=False)["trainer"]["epochs"] == "${seed}"


def test_a_reference_to_a_wrong_value_is_refused_where_it_is_used():
    with pytest.raises(UserError, match=r"model\.dropout must be in \[0, 1\), got 42"):
        validate(composed(model__dropout="${seed}"), {"model": "mlp"})


def test_an_option_none_wins_over_what_an_experiment_says_of_the_option_that_it_chose():
    chosen = ["experiment=flowers_transfer", "data.path=."]

    assert compose("train", chosen)["fine_tuning"]["epochs"] == 10
    assert compose("train", [*chosen, "fine_tuning=none"])["fine_tuning"] == {}


@pytest.mark.parametrize("group", ["schedule", "fine_tuning"])
def test_a_group_that_may_be_none_is_none_where_it_is_left_out(group):
    assert compose("train", [f"~{group}"])[group] == {}


@pytest.mark.parametrize(
    ("overrides", "refusal"),
    [
        (["+schedule.rate=0.5"], "schedule.rate has no effect with schedule=none. Choose schedule=exponential."),
        (["++schedule.staircase=true"], "Choose schedule=exponential or schedule=inverse_time."),
        (["+schedule.nonsense=1"], "Choose schedule=cosine or schedule=exponential or"),
        (["+fine_tuning.epochs=3"], "fine_tuning.epochs has no effect with fine_tuning=none. Choose fine_tuning=unfre"),
        (
            ["experiment=flowers_transfer", "data.path=.", "fine_tuning=none", "fine_tuning.epochs=3"],
            "fine_tuning.epochs has no effect",
        ),
    ],
)
def test_what_is_typed_of_a_group_that_is_none_is_not_dropped_without_a_word(overrides, refusal):
    with pytest.raises(UserError) as error:
        compose("train", overrides)

    assert refusal in str(error.value)
