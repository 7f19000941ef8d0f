import keras
import numpy as np
import pytest

from experiments import builders
from experiments.app import compose
from experiments.errors import UserError


def layers_of(*overrides: str) -> list[keras.Layer]:
    config = compose("train", ["model=sequential", "data=digits", *overrides])
    return builders.model(config, builders.splits(config)).layers


def names(layers: list[keras.Layer]) -> list[str]:
    return [type(layer).__name__ for layer in layers]


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ((), ["InputLayer", "Rescaling", "Flatten", "Dense", "Dropout", "Dense"]),
        (("~model.layers.dropout",), ["InputLayer", "Rescaling", "Flatten", "Dense", "Dense"]),
        (
            ("model.layers.normalization={_target_: keras.layers.BatchNormalization}",),
            ["InputLayer", "Rescaling", "Flatten", "Dense", "BatchNormalization", "Dropout", "Dense"],
        ),
        (
            ("+model.layers.more={_target_: keras.layers.Dense, units: 7}",),
            ["InputLayer", "Rescaling", "Flatten", "Dense", "Dropout", "Dense", "Dense"],
        ),
        (
            ("~model.layers.flatten", "~model.layers.hidden", "~model.layers.dropout"),
            ["InputLayer", "Rescaling", "Flatten", "Dense"],
        ),
    ],
)
def test_layers_come_in_the_order_of_their_names_and_can_be_added_and_left_out(overrides, expected):
    assert names(layers_of(*overrides)) == expected


def test_every_argument_of_a_layer_is_reached_from_the_command_line():
    hidden = layers_of(
        "model.layers.hidden.units=64",
        "model.layers.hidden.activation=selu",
        "model.layers.hidden.kernel_initializer=lecun_normal",
        "model.layers.hidden.bias_regularizer=l1",
        "model.layers.hidden.activity_regularizer=l2",
        "+model.layers.hidden.kernel_constraint=max_norm",
        "model.l1=0.125",
        "model.l2=0.25",
    )[3]

    assert (hidden.units, hidden.activation.__name__) == (64, "selu")
    assert type(hidden.kernel_initializer) is keras.initializers.LecunNormal
    assert type(hidden.bias_regularizer) is keras.regularizers.L1
    assert type(hidden.activity_regularizer) is keras.regularizers.L2
    assert type(hidden.kernel_constraint) is keras.constraints.MaxNorm
    np.testing.assert_allclose([hidden.kernel_regularizer.l1, hidden.kernel_regularizer.l2], [0.125, 0.25])


@pytest.mark.parametrize(
    ("override", "fragment"),
    [
        ("+model.layers.hidden.unit=3", "has no argument 'unit'. Did you mean 'units'"),
        ("model.layers.hidden._target_=keras.layers.Dence", "keras.layers has no 'Dence'. Did you mean 'Dense'"),
        ("model.layers.hidden.activation=relo", "relo"),
        (
            "+model.layers.conv={_target_: keras.layers.Conv2D, filters: 3, kernel_size: 3}",
            "model.layers.conv: Conv2D does not fit what comes before it, of shape (None, 128): Input 0",
        ),
        ("model.layers.hidden.units=0", "model.layers.hidden: Received an invalid value for `units`"),
        ("model.layers.dropout.rate=half", "model.layers.dropout: '<=' not supported between instances of 'int' and"),
        ("+model.layers.more={_target_: keras.regularizers.L2}", "model.layers.more: L2 is to give one tensor of"),
        (
            "+model.layers.more={_target_: keras.layers.BatchNormalization, gamma_regularizer: {_target_: "
            "keras.regularizers.L2, l2: much}}",
            "model.layers.more.gamma_regularizer: ",
        ),
        ("data=synthetic_texts", "model.layers: of texts come the numbers of their words, which need an Embedding"),
        (
            "data=synthetic_texts +model.layers.last={_target_: keras.layers.Embedding, input_dim: 9, output_dim: 2}",
            "which need an Embedding first",
        ),
        (
            "data=synthetic_texts ++model.layers.flatten={_target_: keras.layers.Embedding, input_dim: 5, "
            "output_dim: 2}",
            "the Embedding has input_dim=5 vectors for the",
        ),
    ],
)
def test_a_layer_that_cannot_be_made_is_refused(override, fragment):
    with pytest.raises(UserError) as refusal:
        layers_of(*override.split(" ", 1) if override.startswith("data=") else [override])

    assert fragment in str(refusal.value)


def test_texts_go_through_an_embedding():
    left_out = ["~model.layers.flatten", "~model.layers.hidden", "~model.layers.dropout"]
    embedding = "{_target_: keras.layers.Embedding, input_dim: ${data.max_tokens}, output_dim: 16}"
    average = "{_target_: keras.layers.GlobalAveragePooling1D}"
    added = [f"+model.layers.embedding={embedding}", f"+model.layers.average={average}"]

    layers = layers_of("data=synthetic_texts", *left_out, *added)

    assert names(layers)[-3:] == ["Embedding", "GlobalAveragePooling1D", "Dense"]
    assert layers[-2].output.shape == (None, 16)


def test_the_cifar_network_has_the_parameters_of_the_tutorial():
    config = compose("train", ["model=cifar_cnn", "data=cifar10"])
    examples = np.zeros((20, 32, 32, 3), np.uint8)
    from experiments.types import Split, Splits

    split = Split(inputs=examples, labels=np.zeros(20, np.int32))
    splits = Splits(
        train=split, validation=split, test=split, name="cifar10", kind="image", target="classes", unit="",
        class_names=tuple("abcdefghij"), origin="", digests={}, fingerprint="",
    )  # fmt: skip

    assert builders.model(config, splits).count_params() == 122_570
