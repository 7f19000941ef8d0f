"""A config of the space, composed before any worker starts."""

import math
from collections.abc import Mapping
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.types import HydraContext
from omegaconf import DictConfig, OmegaConf, open_dict
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from experiments.config import validate
from experiments.config.knobs import NOT_A_SETTING, leaves
from experiments.errors import UserError
from experiments.search.space import Space, describe
from experiments.secrets import redact

_OF_NO_CONSEQUENCE = NOT_A_SETTING | {
    *("tracking", "registry"),
    *("trainer.threads", "trainer.validation_batch_size", "trainer.verbose"),
}
"""Keys that say how a run is done, or where it goes, and leave what comes out of it as it is."""


def is_of_consequence(key: str) -> bool:
    """Return whether trials with other values of a key cannot be compared."""
    return not any(key == other or key.startswith(f"{other}.") for other in _OF_NO_CONSEQUENCE)


def compose_sample(space: Space, config: DictConfig, context: HydraContext) -> dict[str, Any]:
    """Compose and validate the two corners of the space; return the lower one, so that no worker meets a bad config."""
    before = HydraConfig.instance().cfg
    corners = [_corner(space, high=high) for high in (True, False)]
    names = ["hydra.runtime.output_dir=${paths.runs}/${run_name}", "run_name=trial"]  # of no run: nothing is made
    for overrides in corners[: 2 if space.knobs else 1]:
        composed = context.config_loader.load_sweep_config(config, [*space.fixed, *overrides, *names])
        HydraConfig.instance().set_config(composed)
        choices = {group: str(option) for group, option in composed.hydra.runtime.choices.items() if option is not None}
        typed: Any = OmegaConf.to_container(composed.hydra.overrides.task, resolve=False)
        searched = space.distributions()  # of the groups among them, any option may be meant
        typed = [override for override in typed if override.lstrip("+").partition(".")[0] not in searched]
        with open_dict(composed):
            del composed["hydra"]
        try:
            sample = validate(composed, choices, typed)
        except UserError as error:
            raise UserError(f"{error}{_whole_numbers(space, str(error))}") from error
    HydraConfig.instance().cfg = before
    return sample


def _corner(space: Space, *, high: bool) -> list[str]:
    return [
        knob.override(
            knob.distribution.choices[-1 if high else 0]
            if isinstance(knob.distribution, CategoricalDistribution)
            else (knob.distribution.high if high else knob.distribution.low)  # type: ignore[attr-defined]
        )
        for knob in space.knobs
    ]


def _whole_numbers(space: Space, refusal: str) -> str:
    """Return the cure where a knob that holds whole numbers is searched among all numbers."""
    for knob in space.knobs:
        known = knob.distribution
        if isinstance(known, FloatDistribution) and refusal.startswith(f"{knob.name} must be a whole number"):
            low, high = math.ceil(known.low), math.floor(known.high)
            whole = describe(IntDistribution(low, max(low, high), log=known.log and low > 0))
            return f" Search whole numbers: '{knob.key}={whole.replace(' ', '')}'."
    return ""


def facts_of(space: Space, sample: Mapping[str, Any]) -> dict[str, str]:
    """Return what must stay the same for trials to be comparable."""
    searched, store = {name.partition("@")[0] for name in space.distributions()}, str(sample["paths"]["store"])
    config = {
        name: repr(value).replace(store, "STORE")
        for name, value in leaves(redact(dict(sample)))
        if is_of_consequence(name) and not any(name == key or name.startswith(f"{key}.") for key in searched)
    }
    return config | {f"search {name}": describe(known) for name, known in space.distributions().items()}
