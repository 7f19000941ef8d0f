"""Turn Ctrl-C and a polite request to end, SIGTERM, into one clean stop that no library can swallow."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType


class Terminated(KeyboardInterrupt):
    """The process was asked to end by SIGTERM."""


@dataclass
class _Signals:
    noted: list[KeyboardInterrupt] = field(default_factory=list)
    held_back: bool = False


_signals = _Signals()


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
        _signals.noted.append(Terminated() if number == signal.SIGTERM else KeyboardInterrupt())
        if not _signals.held_back or len(_signals.noted) > 1:
            raise _signals.noted[-1]

    numbers = [signal.SIGTERM]
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        numbers.append(signal.SIGINT)
    previous = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        _signals.noted.clear()


@contextmanager
def interrupts_at_batches() -> Iterator[None]:
    """Hold an interruption back until ``raise_noted`` is called, or the block ends; a second one is raised at once.

    An exception that a signal raises in the middle of TensorFlow can be lost there, or take the process down with it.
    """
    _signals.noted.clear()
    _signals.held_back = True
    try:
        yield
        raise_noted()
    finally:
        _signals.held_back = False
        _signals.noted.clear()


def raise_noted() -> None:
    """Raise the interruption that was held back, if there is one."""
    if _signals.noted:
        raise _signals.noted[-1]
