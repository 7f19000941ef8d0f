"""Keras' learning-rate schedules with their lengths in epochs.

Each takes the rate to begin with, or to rise to, and the training steps of an epoch, which the data decides.
"""

from collections.abc import Sequence

import keras
from keras.optimizers.schedules import LearningRateSchedule


def exponential(
    *, learning_rate: float, steps_per_epoch: int, epochs: float = 1.0, rate: float = 0.9, staircase: bool = False
) -> LearningRateSchedule:
    """Return a schedule that multiplies the rate by ``rate`` in every ``epochs``, at once if ``staircase``."""
    return keras.optimizers.schedules.ExponentialDecay(
        learning_rate, decay_steps=_steps(epochs, steps_per_epoch), decay_rate=rate, staircase=staircase
    )


def inverse_time(
    *, learning_rate: float, steps_per_epoch: int, epochs: float = 1.0, decay: float = 0.5, staircase: bool = False
) -> LearningRateSchedule:
    """Return a schedule that divides the rate by ``1 + decay * n`` after ``n`` times ``epochs``."""
    return keras.optimizers.schedules.InverseTimeDecay(
        learning_rate, decay_steps=_steps(epochs, steps_per_epoch), decay_rate=decay, staircase=staircase
    )


def cosine(
    *, learning_rate: float, steps_per_epoch: int, epochs: float, final_share: float = 0.0
) -> LearningRateSchedule:
    """Return a schedule that falls along half a cosine to ``final_share`` of the rate (Loshchilov and Hutter, 2016)."""
    return keras.optimizers.schedules.CosineDecay(
        learning_rate, decay_steps=_steps(epochs, steps_per_epoch), alpha=final_share
    )


def warm_up(
    *,
    learning_rate: float,
    steps_per_epoch: int,
    epochs: float,
    warm_up_share: float = 0.1,
    final_share: float = 0.0,
) -> LearningRateSchedule:
    """Return a schedule that rises from zero to the rate in a share of ``epochs``, then falls along half a cosine.

    Raises:
        ValueError: ``warm_up_share`` leaves nothing for the rise or the fall.
    """
    if not 0 < warm_up_share < 1:
        raise ValueError(f"warm_up_share must be in (0, 1), got {warm_up_share:g}")
    rise = _steps(warm_up_share * epochs, steps_per_epoch)
    return keras.optimizers.schedules.CosineDecay(
        0.0,
        decay_steps=max(1, _steps(epochs, steps_per_epoch) - rise),
        alpha=final_share,
        warmup_target=learning_rate,
        warmup_steps=rise,
    )


def piecewise(
    *, learning_rate: float, steps_per_epoch: int, boundaries: Sequence[int], factors: Sequence[float]
) -> LearningRateSchedule:
    """Return a schedule that multiplies the rate by one of ``factors``: the first until the first boundary, and so on.

    Args:
        learning_rate: that the factors multiply.
        steps_per_epoch: training steps of an epoch.
        boundaries: epochs, ascending, after each of which the next factor holds.
        factors: one more than there are boundaries.

    Raises:
        ValueError: boundaries or factors do not fit.
    """
    if len(factors) != len(boundaries) + 1:
        raise ValueError(f"factors must be one more than boundaries={list(boundaries)}, got {list(factors)}")
    if list(boundaries) != sorted(set(boundaries)):
        raise ValueError(f"boundaries must ascend, got {list(boundaries)}")
    if min(factors) <= 0:
        raise ValueError(f"factors must be > 0, got {list(factors)}")
    last_steps = [_steps(boundary, steps_per_epoch) - 1 for boundary in boundaries]  # counted from 0
    return keras.optimizers.schedules.PiecewiseConstantDecay(last_steps, [learning_rate * f for f in factors])


def _steps(epochs: float, steps_per_epoch: int) -> int:
    return max(1, round(epochs * steps_per_epoch))
