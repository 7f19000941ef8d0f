import dataclasses
from pathlib import Path

import numpy as np
import pytest

from experiments.types import Job, NoTrial, Objective, Split, Tracked


def test_a_run_of_its_own_is_no_trial_of_a_sweep():
    trial = Job(folder=Path(), overrides=[], choices={}).trial

    assert isinstance(trial, NoTrial)
    assert (trial.report(1, 0.5), trial.keeps_model(0.0)) == (False, True)
    assert trial.run_tags() == {"kind": "single"}
    assert trial.registry(registry := object()) is registry


@pytest.mark.parametrize(
    "value",
    [
        Objective(metric="loss", mode="min"),
        Job(folder=Path(), overrides=[], choices={}),
        Tracked(run_id="1"),
        Split(inputs=np.zeros(1), labels=np.zeros(1)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_cannot_be_changed_by_a_part_that_it_passes(value):
    name = dataclasses.fields(value)[0].name

    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, None)
