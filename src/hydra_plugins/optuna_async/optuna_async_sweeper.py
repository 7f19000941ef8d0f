"""`hydra/sweeper=optuna_async`: searches with Optuna by workers that pull their trials.

Hydra imports this module at every start: nothing heavy may be imported here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hydra.core.plugins import Plugins
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig


class OptunaAsyncSweeper(Sweeper):  # type: ignore[misc]
    """The face that Hydra sees of `experiments.search.sweep`; `conf/hydra/sweeper/optuna_async.yaml` has every knob."""

    def __init__(self, params: Mapping[str, Any] | None = None, **settings: Any) -> None:
        self.params, self.settings = dict(params or {}), settings

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Take what Hydra hands over."""
        self.hydra_context, self.task_function, self.config = hydra_context, task_function, config

    def sweep(self, arguments: list[str]) -> Any:
        """Search; return what was found best."""
        from experiments.search.settings import Settings
        from experiments.search.sweep import run_sweep

        def launch(task: TaskFunction, jobs: Sequence[Sequence[str]]) -> Any:
            launcher = Plugins.instance().instantiate_launcher(
                hydra_context=self.hydra_context, task_function=task, config=self.config
            )
            return launcher.launch(jobs, initial_job_idx=0)

        return run_sweep(
            Settings.checked(self.settings),
            arguments,
            params=self.params,
            task=self.task_function,
            context=self.hydra_context,
            config=self.config,
            launch=launch,
        )
