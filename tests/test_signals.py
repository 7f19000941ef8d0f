import contextlib
import os
import pty
import signal
import subprocess
import sys
import threading

import pytest

from experiments.signals import (
    Terminated,
    clean_interrupts,
    exit_code,
    interrupts_at_batches,
    raise_noted,
    signal_name,
)

HANGS_UP = """
from experiments.signals import clean_interrupts, exit_code, interrupts_at_batches
code, went_on = 0, False
try:
    with clean_interrupts(), interrupts_at_batches():
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGHUP)
        went_on = True
except KeyboardInterrupt as interrupt:
    code = exit_code(interrupt)
raise SystemExit(code if went_on else 1)
"""
TALKS_TO_THE_END = """
import fcntl, sys, termios, time
from experiments.signals import clean_interrupts, exit_code
fcntl.ioctl(int(sys.argv[1]), termios.TIOCSCTTY, 0)
try:
    with clean_interrupts():
        print("ready", flush=True)
        time.sleep(60)
except KeyboardInterrupt as interrupt:
    print("what there was is kept", flush=True)
    raise SystemExit(exit_code(interrupt))
"""


def test_sigterm_is_a_clean_interruption_inside_the_block_only():
    before = signal.getsignal(signal.SIGTERM)

    with pytest.raises(Terminated), clean_interrupts():
        os.kill(os.getpid(), signal.SIGTERM)

    assert signal.getsignal(signal.SIGTERM) is before


def test_a_closed_terminal_ends_a_program_cleanly_that_still_has_things_to_say():
    program, terminal = pty.openpty()
    command = [sys.executable, "-c", TALKS_TO_THE_END, str(terminal)]
    process = subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True, pass_fds=[terminal]
    )
    os.close(terminal)
    assert os.read(program, 10).startswith(b"ready")
    os.close(program)

    assert process.wait(60) == 129


@pytest.mark.parametrize(("ignored", "code"), [(False, 129), (True, 0)])
def test_what_nohup_has_ignored_stays_ignored(ignored, code):
    disposition = signal.SIG_IGN if ignored else signal.SIG_DFL
    command = [sys.executable, "-c", "import os, signal\n" + HANGS_UP]
    process = subprocess.run(
        command,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, disposition),
    )

    assert process.returncode == code


def test_a_first_interruption_is_held_back_until_it_is_asked_for():
    with contextlib.suppress(Terminated), clean_interrupts(), interrupts_at_batches():
        raise_noted()
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Terminated):
            raise_noted()


def test_an_interruption_that_nobody_asks_for_is_raised_at_the_end():
    def block():
        with clean_interrupts(), interrupts_at_batches():
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(Terminated):
        block()


def test_a_second_interruption_is_raised_at_once():
    with contextlib.suppress(Terminated), clean_interrupts(), interrupts_at_batches():
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Terminated):
            os.kill(os.getpid(), signal.SIGTERM)


def test_other_threads_are_left_alone():
    entered = []

    def body():
        with clean_interrupts():
            entered.append(True)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()

    assert entered == [True]


@pytest.mark.parametrize(
    ("interrupt", "name", "code"),
    [
        (KeyboardInterrupt(), "Ctrl-C", 130),
        (Terminated(), "SIGTERM", 143),
        (Terminated(signal.SIGHUP), "SIGHUP", 129),
    ],
)
def test_the_exit_code_is_the_one_that_shells_expect(interrupt, name, code):
    assert (signal_name(interrupt), exit_code(interrupt)) == (name, code)
