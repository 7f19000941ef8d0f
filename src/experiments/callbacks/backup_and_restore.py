"""Go on where a killed run was, with the other callbacks as they were."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from experiments.callbacks.best_epoch import BestEpoch
from experiments.callbacks.fine_tuning import FineTuning
from experiments.errors import UserError
from experiments.misfit import misfit

_STATE = {
    BestEpoch: ("epoch", "metrics", "history"),
    FineTuning: ("begins",),
    keras.callbacks.EarlyStopping: ("wait", "best", "best_epoch"),
    keras.callbacks.ModelCheckpoint: ("best",),
    keras.callbacks.ReduceLROnPlateau: ("best", "wait", "cooldown_counter"),
}
"""What callbacks know of the epochs so far, beside the weights that ``BestEpoch`` keeps."""


class BackupAndRestore(keras.callbacks.BackupAndRestore):
    """Keras' own, which keeps model, optimizer and epoch, and beside them what the other callbacks know.

    The arguments are those of ``keras.callbacks.BackupAndRestore``.

    Attributes:
        others: the callbacks whose state is kept; empty until ``back_up_others`` has filled it.

    Example:
    ```python
    callbacks = [BestEpoch(objective), BackupAndRestore(backup_dir="backup")]
    back_up_others(callbacks)
    model.fit(x, y, epochs=100, callbacks=callbacks)  # killed, and started again: goes on
    ```
    """

    others: Sequence[Any] = ()

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Load what a killed run has left.

        Raises:
            UserError: it is of another model.
        """
        try:
            super().on_train_begin(logs)
        except ValueError as error:
            raise UserError(
                f"the backup in {self.backup_dir} is of another model than {self.model.name}: {misfit(error)}. Give "
                "the run the model that it began with, or another folder."
            ) from error
        self._current_epoch = self.model._initial_epoch or 0  # Keras would write 0 until the first epoch has ended

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Give the other callbacks their state back, once they have prepared themselves for a new training."""
        if epoch == self.model._initial_epoch:
            self._give_back(epochs=epoch)

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Give it back where no epoch was left to begin; then clean up."""
        if (self.model._initial_epoch or 0) >= self.params["epochs"]:
            self._give_back(epochs=self.model._initial_epoch)
        super().on_train_end(logs)

    def _save_model(self) -> None:
        """Keep the state of the other callbacks, then of the training, so that both are of one moment."""
        folder = Path(self.backup_dir)
        folder.mkdir(parents=True, exist_ok=True)
        weights = [array for other in self.others if isinstance(other, BestEpoch) for array in other.weights]
        states = [{name: getattr(other, name) for name in names} for other, names in self._known()]
        new = folder / "new.npz"
        arrays: dict[str, Any] = {f"weights_{number}": array for number, array in enumerate(weights)}
        np.savez(new, states=json.dumps(states, default=float), count=len(weights), **arrays)
        new.replace(self._state_file)  # a kill leaves the old one or the new one, never half of one
        super()._save_model()

    @property
    def _state_file(self) -> Path:
        return Path(self.backup_dir) / "callbacks.npz"

    def _known(self) -> list[tuple[Any, tuple[str, ...]]]:
        return [(other, names) for other in self.others for kind, names in _STATE.items() if isinstance(other, kind)]

    def _give_back(self, *, epochs: int) -> None:
        if not self._state_file.is_file():
            return
        with np.load(self._state_file, allow_pickle=False) as content:
            states: list[Mapping[str, Any]] = json.loads(str(content["states"]))
            weights = [content[f"weights_{number}"] for number in range(int(content["count"]))]
        for (other, _), state in zip(self._known(), states, strict=True):
            vars(other).update(state)
            if isinstance(other, BestEpoch):
                other.weights = weights
                other.history = {name: values[:epochs] for name, values in other.history.items()}


def back_up_others(callbacks: Sequence[Any]) -> None:
    """Tell each ``BackupAndRestore`` among the callbacks of the others."""
    for callback in callbacks:
        if isinstance(callback, BackupAndRestore):
            callback.others = callbacks
