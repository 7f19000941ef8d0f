import dataclasses
from math import inf, nan
from pathlib import Path

import numpy as np
import pytest

from experiments.types import Objective, RunRecord, RunResult, Split, Splits


@pytest.mark.parametrize(
    ("mode", "value", "than", "better"),
    [
        ("max", 0.9, 0.8, True),
        ("max", 0.8, 0.9, False),
        ("max", 0.8, 0.8, False),
        ("max", nan, 0.8, False),
        ("max", -inf, 0.8, False),
        ("max", 0.8, -inf, True),
        ("min", 0.1, 0.2, True),
        ("min", 0.2, 0.1, False),
        ("min", 0.2, 0.2, False),
        ("min", nan, 0.2, False),
        ("min", inf, 0.2, False),
        ("min", 0.2, inf, True),
    ],
)
def test_only_a_value_that_is_truly_better_beats_another(mode, value, than, better):
    assert Objective(metric="x", mode=mode).better(value, than=than) is better


@pytest.fixture
def result() -> RunResult:
    empty = Split(inputs=np.zeros((0, 1)), labels=np.zeros(0))
    record = RunRecord(
        name="r",
        folder=Path(),
        params={},
        config_yaml="",
        overrides=[],
        seed=0,
        summary="",
        objective=Objective(metric="val_loss", mode="min"),
    )
    splits = Splits(
        target="classes",
        unit="",
        train=empty,
        validation=empty,
        test=empty,
        name="n",
        kind="table",
        class_names=(),
        origin="here",
        digests={},
        fingerprint="",
    )
    return RunResult(
        record=record,
        splits=splits,
        history={"val_loss": [0.5, 0.3, 0.4]},
        best_epoch=2,
        best={"val_loss": 0.3, "val_accuracy": 0.9},
        seconds=1.0,
        model=None,
    )


@pytest.mark.parametrize(("metric", "value"), [("val_loss", 0.3), ("val_accuracy", 0.9)])
def test_the_value_of_a_run_is_its_objective_at_the_best_epoch(result, metric, value):
    record = dataclasses.replace(result.record, objective=Objective(metric=metric, mode="max"))

    assert dataclasses.replace(result, record=record).objective_value == value


def test_a_run_that_was_cut_short_has_no_test_scores_and_shares_none_with_another(result):
    assert (dict(result.test), result.test_predictions, result.model_files) == ({}, None, ())
    assert dataclasses.replace(result, best_epoch=1).best_epoch == 1
    assert result.best_epoch == 2


def test_values_are_given_by_name():
    with pytest.raises(TypeError, match="positional"):
        Objective("val_loss", "min")
