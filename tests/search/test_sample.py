import pytest

from experiments.search.sample import _whole_numbers, facts_of
from experiments.search.space import Knob, Space
from experiments.search.study import optuna

SPACE = Space(knobs=[Knob(key="model.l2", distribution=optuna.distributions.FloatDistribution(0, 1))], fixed=[])
SAMPLE = {
    "model": {"l2": 0.0, "name": "mlp"},
    "paths": {"store": "/a/mlruns"},
    "callbacks": {"csv_logger": {"filename": "/a/mlruns/runs/trial/history.csv"}},
    "tracking": {"uri": "sqlite:////a/mlruns/mlflow.db"},
    "api_key": "hunter2",
}


def test_what_must_stay_the_same_leaves_out_places_secrets_and_what_is_searched():
    facts = facts_of(SPACE, SAMPLE)

    assert facts["model.name"] == "'mlp'"
    assert facts["search model.l2"] == "interval(0, 1)"
    assert facts["callbacks.csv_logger.filename"] == "'STORE/runs/trial/history.csv'"
    assert not {"model.l2", "tracking.uri", "paths.store"} & facts.keys()
    assert "hunter2" not in str(facts)


@pytest.mark.parametrize(
    ("low", "high", "log", "refusal", "cure"),
    [
        (8, 32, False, "model.units must be a whole number, got 32.0.", "'model.units=int(interval(8,32))'"),
        (0.5, 9.5, False, "model.units must be a whole number, got 9.5.", "'model.units=int(interval(1,9))'"),
        (8, 32, True, "model.units must be a whole number, got 8.0.", "'model.units=tag(log,int(interval(8,32)))'"),
        (8, 32, False, "model.l2 must be a number, got 'a'.", ""),
    ],
)
def test_numbers_searched_for_a_whole_number_are_told_how_to_be_whole(low, high, log, refusal, cure):
    searched = optuna.distributions.FloatDistribution(low, high, log=log)

    told = _whole_numbers(Space(knobs=[Knob(key="model.units", distribution=searched)], fixed=[]), refusal)

    assert told == (f" Search whole numbers: {cure}." if cure else "")
