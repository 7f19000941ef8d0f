"""Turn Ctrl-C, SIGTERM and a closed terminal into one clean stop that no library can swallow."""

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType


class Terminated(KeyboardInterrupt):
    """The process was asked to end by SIGTERM, or by SIGHUP since its terminal was closed."""

    def __init__(self, number: int = signal.SIGTERM) -> None:
        super().__init__()
        self.signal = signal.Signals(number)


@dataclass
class _Signals:
    noted: list[KeyboardInterrupt] = field(default_factory=list)
    held_back: bool = False


_signals = _Signals()


def signal_name(interrupt: KeyboardInterrupt) -> str:
    """Return the name of the signal behind an interruption."""
    return interrupt.signal.name if isinstance(interrupt, Terminated) else "Ctrl-C"


def exit_code(interrupt: KeyboardInterrupt) -> int:
    """Return the exit code that shells expect: 128 and the signal's number."""
    return 128 + (interrupt.signal if isinstance(interrupt, Terminated) else signal.SIGINT)


@contextmanager
def clean_interrupts() -> Iterator[None]:
    """Raise ``KeyboardInterrupt`` on Ctrl-C and ``Terminated`` on SIGTERM and SIGHUP in the main thread.

    What the shell had ignored stays so while the block runs: Ctrl-C for a command in the background, SIGHUP for one
    that was started by ``nohup``.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python lets only the main thread handle signals
        return

    shown = [output for output in (1, 2) if os.isatty(output)]

    def interrupt(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            signal.signal(number, signal.SIG_IGN)  # the shell sends one, and so does the system
            _say_nothing_more(shown)
        _signals.noted.append(KeyboardInterrupt() if number == signal.SIGINT else Terminated(number))
        if not _signals.held_back or len(_signals.noted) > 1:
            raise _signals.noted[-1]

    ignorable = [number for number in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(number) != signal.SIG_IGN]
    numbers = [signal.SIGTERM, *ignorable]
    previous = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        _signals.noted.clear()


def _say_nothing_more(outputs: Sequence[int]) -> None:
    """Let further output vanish: writing to a terminal that was closed is an error, which would end the run."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for output in outputs:
        os.dup2(nowhere, output)
    os.close(nowhere)


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
