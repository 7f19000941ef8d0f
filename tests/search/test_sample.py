from experiments.search.sample import facts_of
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
