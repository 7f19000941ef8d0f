import contextlib
import os
import signal
import threading

import pytest

from experiments.signals import Terminated, answered, clean_interrupts, exit_code, raise_unanswered, signal_name


def test_sigterm_is_a_clean_interruption_inside_the_block_only():
    before = signal.getsignal(signal.SIGTERM)

    with pytest.raises(Terminated), clean_interrupts():
        os.kill(os.getpid(), signal.SIGTERM)

    assert signal.getsignal(signal.SIGTERM) is before


def test_an_interruption_that_got_lost_is_raised_again_until_it_is_answered():
    with clean_interrupts():
        with contextlib.suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Terminated):
            raise_unanswered()
        answered()
        assert raise_unanswered() is None


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
