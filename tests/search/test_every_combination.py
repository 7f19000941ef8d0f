import warnings

import optuna
import pytest
import yaml

from experiments.paths import CONF
from experiments.search.every_combination import EveryCombination
from experiments.search.settings import make_part

NOT_INSTALLED = {"gp": "torch"}  # an optional part of Optuna


def test_queued_combinations_come_out_in_order():
    study = optuna.create_study(sampler=EveryCombination())
    for value in (3, 1, 2):
        study.enqueue_trial({"x": value})

    assert [study.ask({"x": optuna.distributions.IntDistribution(0, 9)}).params["x"] for _ in range(3)] == [3, 1, 2]


@pytest.mark.parametrize("file", sorted((CONF / "hydra/sweeper").glob("*/*.yaml")), ids=lambda file: file.stem)
def test_every_shipped_sampler_and_pruner_can_be_made(file):
    node = yaml.safe_load(file.read_text()) | ({"max_resource": 9} if file.stem == "hyperband" else {})
    if file.stem in NOT_INSTALLED:
        pytest.importorskip(NOT_INSTALLED[file.stem])
    if file.stem == "patient":
        node["wrapped_pruner"] = None

    with warnings.catch_warnings():
        warnings.simplefilter("error")  # whoever chooses one knows that it is experimental
        made = make_part(node)

    kind = optuna.samplers.BaseSampler if file.parent.name == "sampler" else optuna.pruners.BasePruner
    assert isinstance(made, kind)
