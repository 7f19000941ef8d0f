"""Named decays for ``keras.callbacks.LearningRateScheduler``: functions of epoch and current rate."""

from collections.abc import Callable

Schedule = Callable[[int, float], float]


def exponential(*, rate: float = 0.9, start_epoch: int = 2) -> Schedule:
    """Return a schedule that multiplies the learning rate by ``rate`` at every epoch from ``start_epoch`` on.

    Args:
        rate: factor, in (0, 1].
        start_epoch: first epoch with a lower rate, counted from 1.

    Example:
        >>> schedule = exponential(rate=0.5, start_epoch=2)
        >>> schedule(0, 0.1), schedule(1, 0.1)
        (0.1, 0.05)
    """
    return lambda epoch, learning_rate: learning_rate * rate if epoch + 1 >= start_epoch else learning_rate


def step(*, rate: float = 0.1, every: int = 10) -> Schedule:
    """Return a schedule that multiplies the learning rate by ``rate`` once in ``every`` epochs.

    Args:
        rate: factor, in (0, 1].
        every: epochs between two changes.

    Example:
        >>> schedule = step(rate=0.5, every=2)
        >>> schedule(1, 0.1), schedule(2, 0.1)
        (0.1, 0.05)
    """
    return lambda epoch, learning_rate: learning_rate * rate if epoch and epoch % every == 0 else learning_rate
