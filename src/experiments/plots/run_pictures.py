"""The pictures that every run gets."""

from pathlib import Path

import numpy as np

from experiments.plots.confusion_matrix import confusion_matrix
from experiments.plots.figure import save_png
from experiments.plots.learning_curves import learning_curves
from experiments.plots.prediction_grid import prediction_grid
from experiments.predictions import class_probabilities, likeliest_classes
from experiments.types import RunResult


def draw_run(result: RunResult) -> Path:
    """Draw learning curves and, after a scored run, the confusion matrix and for images the prediction grid.

    Returns:
        The folder ``plots`` of the run, with a PNG file for each.
    """
    folder, name, splits = result.record.folder / "plots", result.record.name, result.splits
    save_png(learning_curves(result.history, best_epoch=result.best_epoch, title=name), folder / "learning_curves.png")
    if result.test_predictions is None or splits.target == "number":
        return folder
    labels = splits.test.labels.argmax(axis=-1) if splits.test.labels.ndim > 1 else splits.test.labels
    names, title = splits.class_names, f"{name}, test split"
    predictions = result.test_predictions
    matrix = confusion_matrix(labels, likeliest_classes(predictions), class_names=names, title=title)
    save_png(matrix, folder / "confusion_matrix.png")
    if splits.kind == "image":
        chances = class_probabilities(predictions)
        images = np.asarray(splits.test.inputs)
        grid = prediction_grid(images, labels, chances, class_names=names, title=title)
        save_png(grid, folder / "predictions.png")
    return folder
