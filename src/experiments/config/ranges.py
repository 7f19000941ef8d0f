"""What the YAML files cannot say of single knobs: ranges, words, and types that the shipped value does not show."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Range:
    """An interval of numbers, in the notation of mathematics: ``(`` leaves the end out, ``[`` keeps it in."""

    text: str
    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False

    def __contains__(self, value: float) -> bool:
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        return above and below


POSITIVE = Range(text="> 0 and finite", low=0, open_low=True, high=math.inf, open_high=True)
NOT_NEGATIVE = Range(text=">= 0 and finite", low=0, open_high=True)
SHARE = Range(text="in [0, 1)", low=0, high=1, open_high=True)
PROPER_SHARE = Range(text="in (0, 1)", low=0, high=1, open_low=True, open_high=True)
FACTOR = Range(text="in (0, 1]", low=0, high=1, open_low=True)
AT_LEAST_ONE = Range(text=">= 1", low=1, open_high=True)

RANGES: dict[str, Range] = {
    "seed": Range(text="in [0, 4294967295]", low=0, high=2**32 - 1),
    "data.validation_split": Range(text="a share in [0, 1) or a number of examples", low=0),
    "data.folds": Range(text=">= 2", low=2, open_high=True),
    "data.fold": NOT_NEGATIVE,
    "data.source.test_split": PROPER_SHARE,
    "data.source.examples": AT_LEAST_ONE,
    "data.source.size": AT_LEAST_ONE,
    "data.source.classes": Range(text=">= 2", low=2, open_high=True),
    "data.source.noise": NOT_NEGATIVE,
    "data.source.timeout": POSITIVE,
    "data.split_seed": NOT_NEGATIVE,
    "data.limit": AT_LEAST_ONE,
    "data.max_tokens": Range(text=">= 3, for padding, the unknown and a word", low=3, open_high=True),
    "data.output_sequence_length": AT_LEAST_ONE,
    "model.embedding_dim": AT_LEAST_ONE,
    "model.max_words": AT_LEAST_ONE,
    "model.dropout": SHARE,
    "model.l1": NOT_NEGATIVE,
    "model.l2": NOT_NEGATIVE,
    "model.units": AT_LEAST_ONE,
    "model.filters": AT_LEAST_ONE,
    "model.kernel_size": AT_LEAST_ONE,
    "model.image_size": AT_LEAST_ONE,
    "fine_tuning.epochs": AT_LEAST_ONE,
    "fine_tuning.learning_rate": POSITIVE,
    "fine_tuning.layers": AT_LEAST_ONE,
    "optimizer.learning_rate": POSITIVE,
    "optimizer.momentum": Range(text="in [0, 1]", low=0, high=1),
    "optimizer.rho": SHARE,
    "optimizer.beta_1": SHARE,
    "optimizer.beta_2": SHARE,
    "optimizer.epsilon": POSITIVE,
    "optimizer.weight_decay": NOT_NEGATIVE,
    "optimizer.initial_accumulator_value": NOT_NEGATIVE,
    "optimizer.clipnorm": POSITIVE,
    "optimizer.global_clipnorm": POSITIVE,
    "optimizer.gradient_accumulation_steps": Range(text=">= 2", low=2, open_high=True),
    "schedule.steps_per_epoch": AT_LEAST_ONE,
    "schedule.epochs": POSITIVE,
    "schedule.rate": FACTOR,
    "schedule.decay": POSITIVE,
    "schedule.final_share": SHARE,
    "schedule.warm_up_share": PROPER_SHARE,
    "schedule.boundaries": AT_LEAST_ONE,
    "task.loss.label_smoothing": SHARE,
    "pictures.samples.rows": AT_LEAST_ONE,
    "pictures.samples.columns": AT_LEAST_ONE,
    "pictures.probabilities.rows": AT_LEAST_ONE,
    "pictures.probabilities.columns": AT_LEAST_ONE,
    "pictures.feature_maps.layers": AT_LEAST_ONE,
    "trainer.epochs": AT_LEAST_ONE,
    "trainer.batch_size": AT_LEAST_ONE,
    "trainer.validation_batch_size": AT_LEAST_ONE,
    "trainer.steps_per_execution": AT_LEAST_ONE,
    "trainer.threads": AT_LEAST_ONE,
    "tracking.timeout": POSITIVE,
    "tracking.retry_seconds": NOT_NEGATIVE,
    "callbacks.early_stopping.patience": NOT_NEGATIVE,
    "callbacks.early_stopping.min_delta": NOT_NEGATIVE,
    "callbacks.reduce_lr_on_plateau.factor": Range(text="in (0, 1)", low=0, high=1, open_low=True, open_high=True),
    "callbacks.reduce_lr_on_plateau.patience": NOT_NEGATIVE,
    "callbacks.lr_schedule.schedule.rate": FACTOR,
    "callbacks.lr_schedule.schedule.start_epoch": AT_LEAST_ONE,
    "callbacks.tensorboard.histogram_freq": NOT_NEGATIVE,
    "callbacks.epoch_pictures.every": AT_LEAST_ONE,
    "callbacks.tensorboard.update_freq": AT_LEAST_ONE,
    "callbacks.backup_and_restore.save_freq": AT_LEAST_ONE,
    "trainer.verbose": Range(text="0, 1 or 2", low=0, high=2),
}
"""Numbers that a knob may hold; for a list, each of its entries."""

WORDS: dict[str, tuple[str, ...]] = {
    "objective.mode": ("max", "min"),
    "task.labels": ("sparse", "one_hot", "number"),
    "trainer.steps_per_execution": ("auto",),
    "trainer.mixed_precision": ("mixed_float16", "mixed_bfloat16"),
    "trainer.verbose": ("auto",),
    "model.pooling": ("avg", "max"),
    "data.kind": ("image", "table", "text"),
    "data.target": ("classes", "number"),
    "data.in_memory": ("auto",),
    "data.split_by": ("stratified", "random", "first", "last"),
    "data.source.missing": ("drop", "refuse"),
    "data.source.unreadable": ("refuse", "skip"),
    "data.source.labels": ("fine", "coarse"),
    "task.target": ("classes", "number"),
    "augmentation.place": ("model", "pipeline"),
    "callbacks.tensorboard.update_freq": ("epoch", "batch"),
    "callbacks.backup_and_restore.save_freq": ("epoch",),
    "callbacks.epoch_pictures.shows": ("predictions", "feature_maps"),
}
"""Words that a knob may hold."""

A_COUNT_IF_WHOLE = {"data.validation_split"}
"""Knobs whose whole numbers are another thing than their fractions."""

TYPES: dict[str, type] = {
    "run_name": str,
    "initial_weights": str,
    "data.path": str,
    "data.source.timeout": float,
    "tracking.timeout": float,
    "data.validation_split": float,
    "data.folds": int,
    "data.label": str,
    "data.split": str,
    "data.in_memory": bool,
    "data.train": str,
    "data.test": str,
    "model.vectors": str,
    "model.weights": str,
    "model.image_size": int,
    "fine_tuning.layers": int,
    "data.unit": str,
    "tracking.retry_seconds": float,
    "data.limit": int,
    "optimizer.clipnorm": float,
    "optimizer.global_clipnorm": float,
    "optimizer.gradient_accumulation_steps": int,
    "schedule.steps_per_epoch": int,
    "schedule.epochs": float,
    "trainer.threads": int,
    "trainer.steps_per_execution": int,
    "trainer.verbose": int,
    "callbacks.tensorboard.update_freq": int,
    "callbacks.backup_and_restore.save_freq": int,
}
"""Types of the knobs whose shipped value, ``null`` or a word, does not show it."""

LEFT_TO_THE_DATA = {"data.input_shape", "data.input_dtype", "data.num_classes", "data.class_names"}
"""Facts that may be ``null``: then they are found in the data."""

MAY_BE_NULL = {
    "data.preprocessing.standardize",
    "data.source.sha256",
    "data.source.test_inputs",
    "data.source.test_labels",
}
"""Knobs whose shipped value is not ``null``, and which may be: the comments in the YAML files say what for."""

ANY_TYPE = {"callbacks.tensorboard.profile_batch"}
"""Knobs that hold values of several types, which Keras checks."""
