"""The trial that runs in this process, if a sweep runs one."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from experiments.types import NoTrial, Trial

_current: ContextVar[Trial] = ContextVar("trial")


@contextmanager
def trial_running(trial: Trial) -> Iterator[None]:
    """Let runs inside the block report to the trial."""
    token = _current.set(trial)
    try:
        yield
    finally:
        _current.reset(token)


def current_trial() -> Trial:
    """Return the trial that runs, or one that wants nothing."""
    return _current.get(NoTrial())
