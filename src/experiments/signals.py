"""Turn Ctrl-C and a polite request to end, SIGTERM, into one clean stop that no library can swallow."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(KeyboardInterrupt):
    """The process was asked to end by SIGTERM."""


_unanswered: list[KeyboardInterrupt] = []


def signal_name(interrupt: KeyboardInterrupt) -> str:
    """Return the name of the signal behind an interruption."""
    return "SIGTERM" if isinstance(interrupt, Terminated) else "Ctrl-C"


def exit_code(interrupt: KeyboardInterrupt) -> int:
    """Return the exit code that shells expect: 128 and the signal's number."""
    return 128 + (signal.SIGTERM if isinstance(interrupt, Terminated) else signal.SIGINT)


@contextmanager
def clean_interrupts() -> Iterator[None]:
    """Raise ``KeyboardInterrupt`` on Ctrl-C and ``Terminated`` on SIGTERM in the main thread, while the block runs.

    Ctrl-C stays ignored where the shell had it ignored, as for a command in the background.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python lets only the main thread handle signals
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        _unanswered.append(Terminated() if number == signal.SIGTERM else KeyboardInterrupt())
        raise _unanswered[-1]

    numbers = [signal.SIGTERM]
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        numbers.append(signal.SIGINT)
    previous = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        _unanswered.clear()


def raise_unanswered() -> None:
    """Raise an interruption again that was raised once and got lost in a library, where Python ignores exceptions."""
    if _unanswered:
        raise _unanswered[-1]


def answered() -> None:
    """Note that the interruptions so far have been dealt with."""
    _unanswered.clear()
