"""Units of what is measured of predicted numbers, as far as they are known for sure."""

from collections.abc import Mapping

from experiments.types import RunResult

_POWERS = {  # of the unit of the numbers, by the names of Keras
    **dict.fromkeys(("mae", "mean_absolute_error"), 1),
    **dict.fromkeys(("rmse", "root_mean_squared_error"), 1),
    **dict.fromkeys(("mse", "mean_squared_error"), 2),
}


def metric_units(result: RunResult) -> Mapping[str, str]:
    """Return the units of a run's metrics, and of its loss if nothing but the error is in it, by their names."""
    unit = result.splits.unit
    if not unit:
        return {}
    powers = dict(_POWERS)
    loss = getattr(result.model, "loss", None)
    loss = getattr(loss, "name", loss)
    if loss in _POWERS and not result.model.losses:  # a penalty on the weights has no unit
        powers["loss"] = _POWERS[loss]
    return {name: unit if power == 1 else _squared(unit) for name, power in powers.items()}


def with_unit(name: str, unit: str) -> str:
    """Return what stands at an axis.

    Example:
        >>> with_unit("true", "mpg"), with_unit("accuracy", "")
        ('true [mpg]', 'accuracy')
    """
    return f"{name} [{unit}]" if unit else name


def _squared(unit: str) -> str:
    return f"({unit})²" if any(sign in unit for sign in " /*^·") else f"{unit}²"
