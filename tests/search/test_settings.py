import pytest
from omegaconf import OmegaConf

from experiments.errors import UserError
from experiments.paths import CONF, ROOT
from experiments.search.settings import Settings, budget_of, directions_of, warn_of_overfitting


def settings(**values):
    return Settings.checked({"study_name": "s", **values})


@pytest.mark.parametrize(
    ("direction", "mode", "expected"),
    [
        (None, "max", ["maximize"]),
        (None, "min", ["minimize"]),
        ("minimize", "max", ["minimize"]),
        (OmegaConf.create(["maximize", "minimize"]), "max", ["maximize", "minimize"]),
    ],
)
def test_the_direction_is_the_objectives_unless_it_is_given(direction, mode, expected):
    assert directions_of(settings(direction=direction), mode) == expected


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"direction": "up"}, "must be maximize or minimize, got 'up'"),
        ({"direction": "maximize", "metrics": ["a", "b"]}, "differ in length"),
    ],
)
def test_directions_that_make_no_sense_are_refused(values, said):
    with pytest.raises(UserError, match=said):
        directions_of(settings(**values), "max")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"n_trial": 3}, "Did you mean 'n_trials'"),
        ({"max_outage": 0}, "max_outage must be at least 1, got 0"),
        ({"n_trials": 0}, "n_trials must be a whole number, at least 1, got 0"),
        ({"n_jobs": True}, "n_jobs must be a whole number, at least 1, got True"),
        ({"n_jobs": 1.5}, "n_jobs must be a whole number, at least 1, got 1.5"),
        ({"max_failures": "abc"}, "max_failures must be a whole number, at least 0, got 'abc'"),
        ({"max_retries": None}, "max_retries must be a whole number, at least 0, got None"),
        ({"timeout": "long"}, "timeout must be at least 1, got 'long'"),
        ({"on_change": "what"}, "must be error or new_study"),
    ],
)
def test_a_wrong_setting_is_one_clear_error(values, said):
    with pytest.raises(UserError, match=said):
        settings(**values)


@pytest.mark.parametrize(
    ("values", "metric", "is_said"),
    [
        ({}, "accuracy", True),
        ({}, "val_accuracy", False),
        ({"metrics": ["val_accuracy", "parameters"]}, "accuracy", False),
        ({"sampler": {"_target_": "experiments.search.every_combination.EveryCombination"}}, "accuracy", False),
    ],
)
def test_a_search_by_the_training_examples_is_told_what_it_will_find(values, metric, is_said, said):
    warn_of_overfitting(settings(**values), metric)

    text = said()
    assert ("prefers models that overfit" in text) == is_said
    assert ("objective.metric=val_accuracy" in text) == is_said


@pytest.mark.parametrize(
    ("values", "combinations", "n_trials", "failures"),
    [
        ({"n_trials": 7}, None, 7, 3),
        ({"n_trials": 7}, [{}, {}], 2, 3),
        ({"n_trials": 10, "max_failure_rate": 0.5}, None, 10, 5),
        ({"n_trials": 10, "max_failures": None}, None, 10, None),
    ],
)
def test_the_budget(values, combinations, n_trials, failures):
    budget = budget_of(settings(**values), combinations)

    assert (budget.n_trials, budget.max_failures) == (n_trials, failures)


def test_no_two_shipped_searches_share_a_study():
    models = [OmegaConf.load(file).name for file in (CONF / "model").glob("*.yaml")]
    shipped = [OmegaConf.load(file).hydra.sweeper for file in (ROOT / "sweeps").glob("*.yaml")]
    shipped.append(OmegaConf.load(CONF / "hydra/sweeper/optuna_async.yaml"))

    names = [OmegaConf.to_container(sweeper)["study_name"] for sweeper in shipped]
    studies = [{name.replace("${model.name}", model) for model in models} for name in names]
    assert sum(map(len, studies)) == len(set().union(*studies))
