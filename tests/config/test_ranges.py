import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from omegaconf import OmegaConf

from experiments.config.knobs import check_knobs, leaves
from experiments.config.ranges import (
    ANY_TYPE,
    FACTOR,
    LEFT_TO_THE_DATA,
    MAY_BE_NULL,
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

    assert not {*RANGES, *WORDS, *TYPES, *LEFT_TO_THE_DATA, *MAY_BE_NULL, *ANY_TYPE} - shipped


def commented(node: yaml.MappingNode, lines: list[str], prefix: str) -> Iterator[tuple[str, str]]:
    """Yield the dotted key of every knob in a YAML file, and the comment in its line."""
    for key, value in node.value:
        name = f"{prefix}.{key.value}"
        if isinstance(value, yaml.MappingNode):
            yield from commented(value, lines, name)
        else:
            yield name, lines[key.start_mark.line].partition(" #")[2]


def promises_of_null() -> Iterator[tuple[Path, str]]:
    for file in sorted(CONF.glob("*/*.yaml")):
        if file.parent.name not in {"experiment", "hydra"} and (node := yaml.compose(text := file.read_text())):
            for key, comment in commented(node, text.splitlines(), file.parent.name):
                if re.search(r"\bnull\b", comment):
                    yield file, key


@pytest.mark.parametrize(("file", "key"), promises_of_null(), ids=lambda of: getattr(of, "stem", of))
def test_a_knob_may_be_null_where_its_comment_says_so(file, key):
    assert check_knobs({key: None}, {file.parent.name: file.stem}) is None


def test_the_knobs_that_may_be_null_are_those_whose_comments_say_so():
    assert {key for _, key in promises_of_null()} >= MAY_BE_NULL
