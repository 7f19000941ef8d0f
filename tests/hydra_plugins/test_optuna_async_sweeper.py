import pytest
from hydra.core.plugins import Plugins
from hydra.plugins.sweeper import Sweeper

from experiments.errors import UserError
from hydra_plugins.optuna_async.optuna_async_sweeper import OptunaAsyncSweeper


def test_hydra_finds_it():
    assert OptunaAsyncSweeper.__name__ in {found.__name__ for found in Plugins.instance().discover(Sweeper)}


def test_a_knob_that_there_is_not_is_told_before_anything_starts():
    sweeper = OptunaAsyncSweeper(params={"model.dropout": "interval(0,0.5)"}, study_name="s", n_trial=3)
    sweeper.setup(hydra_context=None, task_function=None, config=None)

    with pytest.raises(UserError, match=r"hydra\.sweeper has no key 'n_trial'\. Did you mean 'n_trials'"):
        sweeper.sweep([])
