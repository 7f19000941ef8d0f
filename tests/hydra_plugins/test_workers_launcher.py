import subprocess
import sys

import pytest
from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher

from hydra_plugins.workers.workers_launcher import WorkersLauncher


def test_hydra_finds_it():
    assert WorkersLauncher.__name__ in {found.__name__ for found in Plugins.instance().discover(Launcher)}


@pytest.mark.parametrize("plugin", ["workers.workers_launcher", "optuna_async.optuna_async_sweeper"])
def test_every_start_of_a_hydra_program_imports_a_plugin_without_what_is_heavy(plugin):
    program = (
        f"import sys, hydra_plugins.{plugin}; print({{'tensorflow', 'keras', 'mlflow', 'optuna'}} & {{*sys.modules}})"
    )

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "set()"


def test_jobs_are_numbered_on_and_share_threads_and_gpus(monkeypatch):
    launched = {}
    monkeypatch.setattr(
        "experiments.search.processes.run_processes",
        lambda jobs, **knobs: launched.update(jobs=jobs, **knobs) or "done",
    )
    launcher = WorkersLauncher(threads=2, gpus=[1])
    launcher.setup(hydra_context="context", task_function="task", config="config")

    assert launcher.launch([["a=1"], ["a=2"]], initial_job_idx=3) == "done"
    assert [(job["number"], job["overrides"], job["task_function"]) for job in launched["jobs"]] == [
        (3, ["a=1"], "task"),
        (4, ["a=2"], "task"),
    ]
    assert (launched["threads"], launched["gpus"], launched["max_restarts"]) == (2, [1], 10)
