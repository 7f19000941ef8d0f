"""Tell a sweep how a trial is doing, and stop when it is not worth going on."""

import keras

from experiments.types import Objective, Trial


class TrialReport(keras.callbacks.Callback):
    """Report the objective after each epoch, and stop training where the trial says so.

    Training ends as it does for early stopping: every other callback comes to its end.

    Args:
        trial: to report to.
        objective: the metric to report.

    Attributes:
        pruned_at: number of the epoch, counted from 1, after which the trial was stopped; 0 if it was not.
    """

    def __init__(self, trial: Trial, objective: Objective) -> None:
        super().__init__()
        self.trial, self.objective = trial, objective
        self.pruned_at = 0

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Report, and stop if the trial is not worth going on."""
        value = (logs or {}).get(self.objective.metric)
        if value is not None and self.trial.report(epoch + 1, float(value)):
            self.pruned_at = epoch + 1
            self.model.stop_training = True
