import math

import pytest
from omegaconf import OmegaConf

from experiments.config.knobs import leaves
from experiments.config.ranges import (
    ANY_TYPE,
    FACTOR,
    LEFT_TO_THE_DATA,
    NOT_NEGATIVE,
    POSITIVE,
    RANGES,
    SHARE,
    TYPES,
    WORDS,
)
from experiments.paths import CONF


@pytest.mark.parametrize(
    ("interval", "inside", "outside"),
    [
        (POSITIVE, [1e-300, 1e300], [0, -1, math.inf, math.nan]),
        (NOT_NEGATIVE, [0, 1e300], [-1e-300, math.inf, math.nan]),
        (SHARE, [0, 0.999], [-0.001, 1]),
        (FACTOR, [0.001, 1], [0, 1.001]),
        (RANGES["seed"], [0, 2**32 - 1], [-1, 2**32]),
        (RANGES["data.validation_split"], [0, 0.5, 5000], [-0.1]),
    ],
)
def test_an_interval_has_the_ends_that_its_text_says(interval, inside, outside):
    assert all(value in interval for value in inside)
    assert not any(value in interval for value in outside)


def test_what_is_said_of_a_knob_is_said_of_one_that_there_is():
    files = [(CONF / "train.yaml", "")]
    files += [(file, "" if file.parent.name == "experiment" else file.parent.name) for file in CONF.glob("*/*.yaml")]
    shipped = {name for file, group in files for name, _ in leaves(OmegaConf.to_container(OmegaConf.load(file)), group)}

    assert not {*RANGES, *WORDS, *TYPES, *LEFT_TO_THE_DATA, *ANY_TYPE} - shipped
