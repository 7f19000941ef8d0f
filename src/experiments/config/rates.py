"""Who sets the learning rate: one schedule or one callback, and what a schedule in stretches is made of."""

import math
from collections.abc import Mapping
from typing import Any

from experiments.errors import UserError

_SETTERS = ("LearningRateScheduler", "ReduceLROnPlateau")
"""Callbacks that set the rate, under whatever name their node has."""


def check_rates(config: Mapping[str, Any]) -> None:
    """Raise ``UserError`` where two would set the learning rate, or the stretches of a schedule cannot be."""
    schedule, callbacks = config.get("schedule") or {}, config.get("callbacks") or {}
    setting = [name for name, node in callbacks.items() if node and _last_name(node) in _SETTERS]
    if schedule and setting:
        raise UserError(
            f"a schedule and callbacks.{setting[0]} would both set the learning rate. Choose schedule=none, or "
            f"leave out ~callbacks.{setting[0]}."
        )
    if len(setting) > 1:
        raise UserError(
            f"callbacks.{setting[0]} and callbacks.{setting[1]} would both set the learning rate. Leave out one: "
            f"~callbacks.{setting[1]}."
        )
    if str(schedule.get("_target_")) == "experiments.trainers.schedules.piecewise":
        _check_stretches(schedule["boundaries"], schedule["factors"])


def _last_name(node: Mapping[str, Any]) -> str:
    return str(node["_target_"]).rpartition(".")[2]


def _check_stretches(boundaries: list[Any], factors: list[Any]) -> None:
    if not boundaries:
        raise UserError("schedule.boundaries must name at least one epoch, got []. One rate throughout: schedule=none.")
    if not all(isinstance(epoch, int) for epoch in boundaries) or boundaries != sorted(set(boundaries)):
        raise UserError(f"schedule.boundaries must be whole numbers that ascend, got {boundaries}.")
    for factor in factors:
        if isinstance(factor, bool) or not isinstance(factor, int | float) or not 0 < factor < math.inf:
            raise UserError(f"schedule.factors must hold numbers > 0 and finite, got {factor!r}.")
    if len(factors) != len(boundaries) + 1:
        raise UserError(
            f"schedule.factors must be one more than schedule.boundaries={boundaries}, got {factors}: the first factor "
            "holds until the first boundary."
        )
