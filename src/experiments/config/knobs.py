"""Types and ranges of single values.

The YAML files are the schema: what a knob holds there says of which type it is. Only what YAML cannot say stands here.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from experiments.errors import UserError, did_you_mean
from experiments.paths import CONF


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
    "data.max_tokens": Range(text=">= 2", low=2, open_high=True),
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
    "schedule.warm_up_epochs": POSITIVE,
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
    "callbacks.epoch_pictures.shows": ("predictions", "feature_maps"),
}
"""Words that a knob may hold."""

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
}
"""Types of the knobs whose shipped value, ``null`` or a word, does not show it."""

LEFT_TO_THE_DATA = {"data.input_shape", "data.input_dtype", "data.num_classes", "data.class_names"}
"""Facts that may be ``null``: then they are found in the data."""

_ANY_TYPE = {"callbacks.tensorboard.profile_batch"}
_NAMES = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list, such as [64,32]",
}


def check_knobs(values: Mapping[str, Any], choices: Mapping[str, str]) -> None:
    """Raise ``UserError`` for the first value of a wrong type or out of range.

    Args:
        values: every value of the resolved config by its dotted key; a list is one value.
        choices: the option chosen in each group, whose YAML file says of which type its knobs are.
    """
    shipped = dict(_shipped_values(choices))
    for key, value in values.items():
        expected = TYPES.get(key) or _type_of(shipped.get(key))
        if value is None and key in LEFT_TO_THE_DATA:
            continue
        if value is None:
            declared = key in TYPES or key in WORDS
            if _type_of(shipped.get(key)) or (declared and shipped.get(key) is not None):
                raise UserError(f"{key} must be {_NAMES[expected] if expected else 'set'}{_or_words(key)}, got null.")
            continue
        if key in _ANY_TYPE or (isinstance(value, str) and value in WORDS.get(key, ())):
            continue
        _check_word(key, value, expected)
        if expected and not _fits(value, expected):
            raise UserError(f"{key} must be {_NAMES[expected]}{_or_words(key)}, got {value!r}.")
        for item in value if isinstance(value, list) else [value]:
            _check_range(key, item)
            if isinstance(value, list) and isinstance(item, float) and key in RANGES:
                raise UserError(f"{key} must hold whole numbers, got {item}.")


def _or_words(key: str) -> str:
    return "".join(f" or {word}" for word in WORDS.get(key, ()))


def _check_word(key: str, value: Any, expected: type | None) -> None:
    if key in WORDS and expected not in (int, bool):
        hint = did_you_mean(str(value), WORDS[key])
        raise UserError(f"{key} must be {' or '.join(WORDS[key])}, got {value!r}.{hint}")


def _check_range(key: str, value: Any) -> None:
    if key not in RANGES:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UserError(f"{key} must be {_NAMES[float]}, got {value!r}.")
    if value not in RANGES[key]:
        raise UserError(f"{key} must be {RANGES[key].text}, got {value}.")


def _type_of(shipped: Any) -> type | None:
    if isinstance(shipped, str) and "${" in shipped:
        return None
    return next((kind for kind in (bool, int, float, str, list) if isinstance(shipped, kind)), None)


def _fits(value: Any, expected: type) -> bool:
    if expected is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if expected is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, expected)


def _shipped_values(choices: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Yield the dotted key and unresolved value of every knob in the YAML files that were chosen."""
    yield from leaves(_load(CONF / "train.yaml"))
    for file in sorted((CONF / "callbacks").glob("*.yaml")):  # each holds its own node, whichever list named it
        yield from leaves(_load(file), "callbacks")
    for group, option in choices.items():
        file = CONF / group / f"{option}.yaml"
        if file.is_file() and group not in {"callbacks", "experiment", "debug", "local", "hydra"}:
            yield from leaves(_load(file), group)


@cache  # the trials of a sweep choose among the same files
def _load(file: Path) -> Any:
    return OmegaConf.to_container(OmegaConf.load(file), resolve=False)


def leaves(node: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the dotted key and value of everything in nested mappings that is not itself a mapping.

    Example:
        >>> dict(leaves({"model": {"units": [128], "l2": 0.0}}))
        {'model.units': [128], 'model.l2': 0.0}
    """
    for key, value in node.items():
        name = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(value, dict) and value:
            yield from leaves(value, name)
        else:
            yield name, value
