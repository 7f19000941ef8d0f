"""What every Hydra entry point shares: where the config is, and how a mistake is answered."""

import atexit
import functools
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict

from experiments.config import register_resolvers, validate
from experiments.config.copies import redact_copies
from experiments.errors import UserError
from experiments.messages import explain
from experiments.paths import CONF
from experiments.running_trial import current_trial
from experiments.secrets import redact_text
from experiments.signals import clean_interrupts, exit_code
from experiments.types import Job

Task = Callable[[dict[str, Any], Job], Any]
_FULL = "HYDRA_FULL_ERROR"
_log = logging.getLogger(__name__)


def hydra_main(config_name: str) -> Callable[[Task], Callable[[], None]]:
    """Make an entry point of a task that takes the resolved, validated config and the job.

    A user's mistake ends in one clear line and exit code 1; with ``HYDRA_FULL_ERROR=1`` the traceback is shown as well.

    Example:
    ```python
    @hydra_main("train")
    def main(config, job):
        print(config["model"]["name"], job.folder)
    ```
    """

    def decorate(task: Task) -> Callable[[], None]:
        """Return the entry point of one task."""
        failures: list[Exception] = []

        def checked(config: DictConfig) -> Any:
            try:
                job = _job()
                redact_copies(job.folder / ".hydra")
                is_trial = HydraConfig.get().mode == RunMode.MULTIRUN  # whose overrides hold for other trials too
                return task(validate(config, job.choices, () if is_trial else job.overrides), job)
            except Exception as error:
                _forget_silent_run(Path(HydraConfig.get().runtime.output_dir))
                if HydraConfig.get().mode == RunMode.MULTIRUN:
                    raise  # Hydra goes on with the other jobs and then says which ones failed
                failures.append(error)  # Hydra would print the overrides, secrets included
                return None

        @functools.wraps(task)
        def entry() -> None:
            register_resolvers()
            with one_clear_error(), clean_interrupts():
                hydra.main(version_base="1.3", config_path=str(CONF), config_name=config_name)(checked)()
                if failures:
                    raise failures.pop()

        return entry

    return decorate


def end_process() -> NoReturn:
    """End a process that has done its work, without taking it apart.

    What was registered for the end is run and all output is written; then Python would free every object of TensorFlow
    and MLflow, one by one, which took two seconds of a run's twenty.
    """
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _job() -> Job:
    settings = HydraConfig.get()
    folder = Path(settings.runtime.output_dir)
    return Job(folder=folder, overrides=_typed(settings), choices=_choices(settings), trial=current_trial())


def _choices(settings: Any) -> dict[str, str]:
    return {group: str(option) for group, option in settings.runtime.choices.items() if option is not None}


def _typed(settings: Any) -> list[str]:
    """Return the overrides as they were typed, references unresolved."""
    return OmegaConf.to_container(settings.overrides.task, resolve=False)  # type: ignore[return-value]


def compose(config_name: str, overrides: Sequence[str]) -> dict[str, Any]:
    """Compose, resolve and validate a config as the command line would, without running anything.

    Raises:
        UserError: the config is refused.
        hydra.errors.HydraException: it does not compose; ``messages.explain`` turns this into a line.
    """
    register_resolvers()
    folder = "hydra.runtime.output_dir=${paths.runs}/${run_name}"  # a run would have one by now
    with hydra.initialize_config_dir(str(CONF), version_base="1.3"):
        config = hydra.compose(config_name, [*overrides, folder], return_hydra_config=True)
        HydraConfig.instance().set_config(config)
        choices, typed = _choices(config.hydra), _typed(config.hydra)
        with open_dict(config):
            del config["hydra"]
        return validate(config, choices, typed)


def _forget_silent_run(folder: Path) -> None:
    """Remove the folder of a run that was refused before it said anything: no more than what Hydra itself put there."""
    log = folder / f"{HydraConfig.get().job.name}.log"
    if not log.is_file() or log.stat().st_size:
        return
    for file in (log, *(folder / ".hydra").glob("*.yaml")):
        file.unlink()
    for emptied in (folder / ".hydra", folder):
        if emptied.is_dir() and not any(emptied.iterdir()):
            emptied.rmdir()


@contextmanager
def one_clear_error() -> Iterator[None]:
    """End the process with one line for a mistake, and with the shell's exit code for a signal."""
    asked = os.environ.get(_FULL)
    os.environ[_FULL] = "1"  # Hydra then raises instead of printing, and we print
    try:
        yield
    except KeyboardInterrupt as interrupt:
        sys.exit(exit_code(interrupt))
    except BrokenPipeError:  # whoever read the output has gone, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + signal.SIGPIPE)
    except Exception as error:
        if asked == "1":
            raise
        if not isinstance(error, UserError):
            _log.debug("", exc_info=error)
        print(f"Error: {redact_text(explain(error))}", file=sys.stderr)
        sys.exit(1)
    finally:
        os.environ.pop(_FULL)
        if asked is not None:
            os.environ[_FULL] = asked
