"""Watch a model learn: pictures of the same validation images every few epochs."""

from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np

from experiments.plots.draw import failure_is_told, show_in_tensorboard
from experiments.plots.feature_maps import feature_maps
from experiments.plots.figure import save_png
from experiments.plots.prediction_grid import prediction_grid
from experiments.predictions import class_probabilities
from experiments.types import Array, Splits, take

_MOST = 24


class EpochPictures(keras.callbacks.Callback):
    """Draw what the model says of the first validation images, or its feature maps of the first, every few epochs.

    Training images take their place where no examples are kept out for validation.

    Args:
        folder: of the PNG files, ``SHOWS-EPOCH.png``.
        logs: folder of TensorBoard's event files.
        every: epochs between two pictures. Default 1.
        shows: ``"predictions"`` or ``"feature_maps"``.
        logits: whether the model puts out logits, which are shown as probabilities.

    Example:
    ```python
    pictures = EpochPictures(folder="plots/epochs", logs="tensorboard/epochs", every=5)
    pictures.set_splits(splits)
    model.fit(x, y, epochs=20, callbacks=[pictures])
    ```
    """

    def __init__(
        self,
        *,
        folder: str,
        logs: str,
        every: int = 1,
        shows: Literal["predictions", "feature_maps"] = "predictions",
        logits: bool = False,
    ) -> None:
        super().__init__()
        self.folder, self.logs = Path(folder), Path(logs)
        self.every, self.shows, self.logits = every, shows, logits
        self._splits: Splits | None = None
        self._writer: Any = None

    def set_splits(self, splits: Splits) -> None:
        """Take the data whose validation images are shown; without images of classes there is nothing to show."""
        self._splits = splits if splits.kind == "image" and splits.target == "classes" else None

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Draw, if it is time."""
        import tensorflow as tf

        if self._splits is None or (epoch + 1) % self.every:
            return
        path = self.folder / f"{self.shows}-{epoch + 1:03d}.png"
        with failure_is_told(str(path)):
            figure = self._figure(self._splits, epoch=epoch + 1)
            if figure is not None:
                self._writer = self._writer or tf.summary.create_file_writer(str(self.logs))
                show_in_tensorboard([save_png(figure, path)], self._writer, step=epoch + 1, name=self.shows)

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Close the event file."""
        if self._writer:
            self._writer.close()
            self._writer = None

    def _figure(self, splits: Splits, *, epoch: int) -> Any:
        role, split = ("validation", splits.validation) if len(splits.validation) else ("training", splits.train)
        title = f"epoch {epoch}, {role} split"
        images = np.asarray(take(split.inputs, slice(_MOST)))
        if self.shows == "feature_maps":
            return feature_maps(self.model, images[0], title=title)
        labels = split.labels[:_MOST]
        labels = labels.argmax(axis=-1) if labels.ndim > 1 else labels
        chances = class_probabilities(self._probabilities(images))
        return prediction_grid(images, labels, chances, class_names=splits.class_names, title=title)

    def _probabilities(self, images: Array) -> Array:
        outputs = self.model(images, training=False)
        if self.logits:
            outputs = keras.ops.softmax(outputs) if outputs.shape[-1] > 1 else keras.ops.sigmoid(outputs)
        return np.asarray(keras.ops.convert_to_numpy(outputs))
