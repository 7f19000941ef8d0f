from experiments.running_trial import current_trial, trial_running
from experiments.types import NoTrial


def test_the_trial_is_known_inside_the_block_only():
    trial = NoTrial()

    with trial_running(trial):
        assert current_trial() is trial

    assert current_trial() is not trial
    assert current_trial().report(1, 0.5) is False
