import pytest

from experiments import builders
from experiments.app import compose
from experiments.errors import UserError


def test_a_schedule_that_does_not_fit_is_one_clear_error(wine):
    config = compose("train", ["data=wine", "model=mlp", "schedule=piecewise"])
    config["schedule"]["factors"] = [1]  # which `compose` would have refused

    with pytest.raises(UserError, match=r"schedule: .*one more than boundaries"):
        builders.model(config, wine[1])


def test_what_keras_refuses_is_told_in_one_line_without_its_tensors():
    config = compose("train", ["data=digits", "model=cifar_cnn"])

    with pytest.raises(
        UserError, match=r"^model.layers.pooling_2: MaxPooling2D does not .* output size would be zero[^\x1b\n]*$"
    ):
        builders.model(config, builders.splits(config))


def test_lists_of_the_config_become_plain_lists(wine, tmp_path):
    model = builders.model(*wine)
    model.save(tmp_path / "model.keras")  # a ListConfig in it could not be written

    assert (tmp_path / "model.keras").stat().st_size > 0
