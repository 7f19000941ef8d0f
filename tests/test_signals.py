import contextlib
import os
import signal
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


def test_sigterm_is_a_clean_interruption_inside_the_block_only():
    before = signal.getsignal(signal.SIGTERM)

    with pytest.raises(Terminated), clean_interrupts():
        os.kill(os.getpid(), signal.SIGTERM)

    assert signal.getsignal(signal.SIGTERM) is before


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
    ("interrupt", "name", "code"), [(KeyboardInterrupt(), "Ctrl-C", 130), (Terminated(), "SIGTERM", 143)]
)
def test_the_exit_code_is_the_one_that_shells_expect(interrupt, name, code):
    assert (signal_name(interrupt), exit_code(interrupt)) == (name, code)
