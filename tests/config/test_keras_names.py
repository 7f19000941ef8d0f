import importlib

import pytest

from experiments.app import compose
from experiments.config.keras_names import NAMES, _snake_case
from experiments.errors import UserError


@pytest.mark.parametrize(
    ("overrides", "refusal"),
    [
        ("model=mlp model.activation=rellu", "model.activation: there is no activation 'rellu'. Did you mean 'relu'"),
        ("model=mlp model.output_activation=softmx", "model.output_activation: there is no activation 'softmx'. Did"),
        ("model=cnn model.activation=zzz", "there is no activation 'zzz'. Known: celu, elu,"),
        ("model.layers.hidden.activation=relo", "model.layers.hidden.activation: there is no activation 'relo'. Did"),
        ("model.layers.hidden.kernel_initializer=he_nromal", "no initializer 'he_nromal'. Did you mean 'he_normal'"),
        ("model.layers.hidden.bias_regularizer=l1_l2", "no regularizer 'l1_l2'. Did you mean 'l1l2'"),
        ("+model.layers.hidden.kernel_constraint=maxnorm", "no constraint 'maxnorm'. Did you mean 'max_norm'"),
    ],
)
def test_a_name_that_keras_has_not_is_refused_without_it_and_with_the_nearest(overrides, refusal):
    with pytest.raises(UserError) as error:
        compose("train", ["model=sequential", *overrides.split()])

    assert refusal in str(error.value)


@pytest.mark.parametrize(
    "override",
    [
        "model.layers.hidden.activation=hard_silu",
        "model.layers.hidden.kernel_initializer=HeNormal",
        "model.layers.hidden.kernel_regularizer=l1l2",
        "+model.layers.hidden.bias_constraint=min_max_norm",
        "model.layers.hidden.activation='mine>swish'",
        "model.layers.own={_target_: mine.Layer, activation: anything}",
    ],
)
def test_what_keras_has_and_what_is_ones_own_is_accepted(override):
    add = "+" if "own" in override else ""

    assert compose("train", ["model=sequential", add + override])["model"]["layers"]["hidden"]


@pytest.mark.parametrize("kind", NAMES)
def test_the_names_are_those_of_keras(kind):
    registry = importlib.import_module(f"keras.src.{kind}s")

    for name in {*NAMES[kind], *map(_snake_case, NAMES[kind])}:
        assert registry.get(name) is not None
    other_names = {
        kind,
        kind.title(),
        "STFT",
        "stft",
        "STFTInitializer",
        "IdentityInitializer",
        "OrthogonalInitializer",
    }
    other_names |= {"Constant", "constant"}  # it needs its value
    assert not set(registry.ALL_OBJECTS_DICT) - {*NAMES[kind], *map(_snake_case, NAMES[kind])} - other_names
