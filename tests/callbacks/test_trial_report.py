import keras
import numpy as np

from experiments.callbacks.trial_report import TrialReport
from experiments.types import NoTrial, Objective


class StopAfter(NoTrial):
    def __init__(self, epoch):
        self.epoch, self.reports = epoch, []

    def report(self, epoch, value):
        self.reports.append((epoch, value))
        return epoch == self.epoch


class Ended(keras.callbacks.Callback):
    ended = False

    def on_train_end(self, logs=None):
        self.ended = True


def fit(trial):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    report, ended = TrialReport(trial, Objective(metric="loss", mode="min")), Ended()
    history = model.fit(np.zeros((4, 1)), np.ones((4, 1)), epochs=5, callbacks=[report, ended], verbose=0)
    return history.history["loss"], report, ended


def test_each_epoch_is_reported_until_the_trial_says_stop():
    trial = StopAfter(3)
    losses, report, ended = fit(trial)

    assert trial.reports == list(enumerate(losses, 1))
    assert len(losses) == report.pruned_at == 3
    assert ended.ended


def test_a_run_of_its_own_goes_on():
    losses, report, _ = fit(NoTrial())

    assert (len(losses), report.pruned_at) == (5, 0)
