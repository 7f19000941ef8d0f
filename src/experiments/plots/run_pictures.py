"""The pictures that a run can get: functions of its result, each ``None`` where it does not apply."""

from typing import Any

import numpy as np

from experiments.plots.confusion_matrix import confusion_matrix
from experiments.plots.feature_maps import feature_maps, kernels
from experiments.plots.learning_curves import learning_curves
from experiments.plots.prediction_grid import MOST as MOST_IMAGES
from experiments.plots.prediction_grid import prediction_grid
from experiments.plots.probability_bars import probability_bars
from experiments.plots.regression import error_histogram, predicted_against_true
from experiments.plots.sample_grid import sample_grid
from experiments.plots.text_predictions import MOST as MOST_TEXTS
from experiments.plots.text_predictions import text_predictions
from experiments.plots.units import metric_units
from experiments.predictions import class_probabilities, likeliest_classes
from experiments.types import Array, RunResult, Split, take


def curves(result: RunResult) -> Any:
    """Draw every metric by epoch."""
    units = metric_units(result)
    return learning_curves(result.history, best_epoch=result.best_epoch, title=result.record.name, units=units)


def confusion(result: RunResult) -> Any:
    """Draw which classes of the test split are taken for which."""
    if not _is_scored(result, target="classes"):
        return None
    guesses = likeliest_classes(result.test_predictions)  # type: ignore[arg-type]
    labels, names = _classes(result.splits.test), result.splits.class_names
    return confusion_matrix(labels, guesses, class_names=names, title=_title(result))


def predictions(result: RunResult) -> Any:
    """Draw the first test images, or texts from all over the test split, with what the model says they are."""
    if _is_scored(result, target="classes", kind="image"):
        return prediction_grid(**_shown(result, slice(MOST_IMAGES)))
    if _is_scored(result, target="classes", kind="text"):
        count = len(result.splits.test)
        spread = np.linspace(0, count - 1, min(count, MOST_TEXTS)).astype(int)  # files often lie sorted by class
        return _texts(result, rows=spread, title=_title(result))
    return None


def bars(result: RunResult, *, rows: int = 5, columns: int = 3) -> Any:
    """Draw the first test images, each beside the probability of every class."""
    if not _is_scored(result, target="classes", kind="image"):
        return None
    return probability_bars(**_shown(result, slice(rows * columns)), rows=rows, columns=columns)


def mistakes(result: RunResult) -> Any:
    """Draw the test images or texts of which the model was surest and wrong."""
    if not _is_scored(result, target="classes") or result.splits.kind not in ("image", "text"):
        return None
    probabilities = class_probabilities(result.test_predictions)  # type: ignore[arg-type]
    guesses, chances = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = np.flatnonzero(guesses != _classes(result.splits.test))
    if not len(wrong):
        return None
    surest = wrong[np.argsort(chances[wrong])[::-1]]
    title = f"{_title(result)}, {len(wrong)} mistakes, surest first"
    if result.splits.kind == "text":
        return _texts(result, rows=surest[:MOST_TEXTS], title=title)
    return prediction_grid(**_shown(result, surest[:MOST_IMAGES]) | {"title": title})


def samples(result: RunResult, *, rows: int = 5, columns: int = 5) -> Any:
    """Draw training images with the names of their classes."""
    splits = result.splits
    if splits.kind != "image" or splits.target != "classes":
        return None
    count = rows * columns
    images, labels = np.asarray(take(splits.train.inputs, slice(count))), _classes(splits.train)
    title = f"{splits.name}, training split"
    return sample_grid(images, labels, class_names=splits.class_names, title=title, rows=rows, columns=columns)


def maps(result: RunResult, *, layers: int = 4) -> Any:
    """Draw what the first layers of a convolutional network make of the first test image."""
    if result.splits.kind != "image":
        return None
    (image,) = np.asarray(take(result.splits.test.inputs, slice(1)))
    return feature_maps(result.model, image, title=result.record.name, layers=layers)


def first_kernels(result: RunResult) -> Any:
    """Draw the kernels of the first convolution."""
    return kernels(result.model, title=result.record.name)


def against_true(result: RunResult) -> Any:
    """Draw predicted numbers of the test split against true ones."""
    return predicted_against_true(**_numbers(result)) if _is_scored(result, target="number") else None


def errors(result: RunResult) -> Any:
    """Draw the histogram of the test split's errors."""
    return error_histogram(**_numbers(result)) if _is_scored(result, target="number") else None


def _is_scored(result: RunResult, *, target: str, kind: str | None = None) -> bool:
    fits = result.splits.target == target and kind in (None, result.splits.kind)
    return fits and result.test_predictions is not None


def _title(result: RunResult) -> str:
    return f"{result.record.name}, test split"


def _classes(split: Split) -> Array:
    """Return the labels as integers, shape ``(n,)``."""
    return split.labels.argmax(axis=-1) if split.labels.ndim > 1 else split.labels


def _texts(result: RunResult, *, rows: Array, title: str) -> Any:
    shown = _shown(result, rows) | {"title": title}
    return text_predictions(shown.pop("images"), **shown)


def _shown(result: RunResult, rows: slice | Array) -> dict[str, Any]:
    """Return some test examples with what is said of them; only these are read where they are stored."""
    test = result.splits.test
    return {
        "images": np.asarray(take(test.inputs, rows)),
        "labels": _classes(test)[rows],
        "probabilities": class_probabilities(result.test_predictions)[rows],  # type: ignore[arg-type]
        "class_names": result.splits.class_names,
        "title": _title(result),
    }


def _numbers(result: RunResult) -> dict[str, Any]:
    true, predicted = result.splits.test.labels, np.reshape(result.test_predictions, -1)  # type: ignore[arg-type]
    return {"true": true, "predicted": predicted, "unit": result.splits.unit, "title": _title(result)}
