"""One call that accepts or refuses a composed config."""

from collections.abc import Mapping, Sequence
from typing import Any

from omegaconf import DictConfig, OmegaConf

from experiments.config.crosschecks import check_together
from experiments.config.knobs import check_knobs, leaves, whole_numbers_as_floats
from experiments.config.measured import named_metrics
from experiments.errors import UserError
from experiments.paths import CONF

_EMPTY_WHERE_NONE = ("fine_tuning", "schedule")
"""Groups whose option ``none`` is none, whatever an experiment still says of the option that it had chosen."""


def validate(config: DictConfig, choices: Mapping[str, str], overrides: Sequence[str] = ()) -> dict[str, Any]:
    """Resolve a composed config and raise ``UserError`` for what is missing, of a wrong type, out of range or at odds.

    Args:
        config: as composed by Hydra.
        choices: the option chosen in each group.
        overrides: typed; none of them may be about a group of which nothing is chosen.

    Returns:
        The resolved config as plain mappings and lists.
    """
    if missing := sorted(OmegaConf.missing_keys(config)):
        raise UserError(f"{missing[0]} has no value. Set it: {missing[0]}=VALUE.")
    written: Any = OmegaConf.to_container(config, resolve=False)
    for key, number in whole_numbers_as_floats(dict(leaves(written)), choices).items():
        OmegaConf.update(config, key, number)  # before it is resolved: others may refer to it
    resolved: dict[str, Any] = OmegaConf.to_container(config, resolve=True)  # type: ignore[assignment]
    for group in _EMPTY_WHERE_NONE:
        if choices.get(group) == "none":
            _check_nothing_is_typed(group, overrides)
            resolved[group] = {}
        resolved[group] = resolved.get(group) or {}  # left out, it is none as well
    if isinstance(task := resolved.get("task"), dict) and "metrics" in task:
        task["metrics"] = named_metrics(task["metrics"])
    check_knobs(dict(leaves(resolved)), choices)
    check_together(resolved)
    return resolved


def _check_nothing_is_typed(group: str, overrides: Sequence[str]) -> None:
    """Raise ``UserError`` for an override that would be without effect, since the group is none."""
    for override in overrides:
        key = override.lstrip("+").partition("=")[0]
        if key.startswith(f"{group}."):
            options = [file.stem for file in sorted((CONF / group).glob("*.yaml")) if file.stem != "none"]
            having = [option for option in options if key in dict(leaves(_shipped(group, option), group))]
            choose = " or ".join(f"{group}={option}" for option in having or options)
            raise UserError(f"{key} has no effect with {group}=none. Choose {choose}.")


def _shipped(group: str, option: str) -> Any:
    return OmegaConf.to_container(OmegaConf.load(CONF / group / f"{option}.yaml"))
