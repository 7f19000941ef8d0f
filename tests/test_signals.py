import os
import signal
import threading

import pytest

from experiments.signals import Terminated, exit_code, signal_name, sigterm_interrupts


def test_sigterm_is_a_clean_interruption_inside_the_block_only():
    before = signal.getsignal(signal.SIGTERM)

    with pytest.raises(Terminated), sigterm_interrupts():
        os.kill(os.getpid(), signal.SIGTERM)

    assert signal.getsignal(signal.SIGTERM) is before


def test_other_threads_are_left_alone():
    entered = []

    def body():
        with sigterm_interrupts():
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
