"""`hydra/launcher=workers`: one process for each job, started once, replaced when it dies or asks to be.

Hydra imports this module at every start: nothing heavy may be imported here.
"""

from collections.abc import Sequence
from typing import Any

from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig


class WorkersLauncher(Launcher):  # type: ignore[misc]
    """Run every job of a batch at once, each in a process of its own, with the machine's threads and GPUs divided.

    Args:
        threads: CPU threads of each process; ``None`` (default) divides the cores.
        gpus: numbers of the GPUs to hand out, one to each process in turn; ``None`` (default) for all there are.
        max_restarts: times that the processes may die, all together, before the batch is given up. Default 10.
    """

    def __init__(self, threads: int | None = None, gpus: Sequence[int] | None = None, max_restarts: int = 10) -> None:
        self.threads, self.gpus, self.max_restarts = threads, gpus, max_restarts

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Take what Hydra hands over."""
        self.hydra_context, self.task_function, self.config = hydra_context, task_function, config

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        """Run the jobs; return when all are done."""
        from experiments.search.processes import run_processes

        jobs: list[dict[str, Any]] = [
            {
                "hydra_context": self.hydra_context,
                "task_function": self.task_function,
                "config": self.config,
                "overrides": list(overrides),
                "number": initial_job_idx + index,
            }
            for index, overrides in enumerate(job_overrides)
        ]
        return run_processes(jobs, threads=self.threads, gpus=self.gpus, max_restarts=self.max_restarts)
