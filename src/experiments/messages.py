"""The one line that a user reads instead of a traceback."""

import re
import traceback
from collections.abc import Iterator
from typing import Any

from hydra.errors import ConfigCompositionException, HydraException, MissingConfigException, OverrideParseException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from experiments.config.knobs import leaves
from experiments.errors import UserError, did_you_mean
from experiments.paths import CONF

_OVERRIDDEN = re.compile(r"override '([^']+)'")
_MISSING = re.compile(r"Missing mandatory value: (\S+)")
_REFERENCE = re.compile(r"Interpolation key '([^']+)' not found")


def explain(error: Exception) -> str:
    """Say what was wrong, the value, the cure and the nearest names."""
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, OverrideParseException):
        return _not_in_the_grammar(error)
    if isinstance(error, MissingConfigException):
        return _unknown_option(error)
    if match := _REFERENCE.search(str(error)):
        return f"the config refers to {match[1]!r}, but there is no such key.{did_you_mean(match[1], _shipped_keys())}"
    if match := _MISSING.search(str(error)):
        return f"{match[1]} has no value. Set it: {match[1]}=VALUE."
    if isinstance(error, ConfigCompositionException) and "No match in the defaults list" in str(error):
        return _unknown_group(error)
    cause = error if isinstance(error, OmegaConfBaseException) else error.__cause__
    if isinstance(cause, OmegaConfBaseException) and cause.full_key:
        return _unknown_key(cause)
    if isinstance(error, HydraException | OmegaConfBaseException) or _raised_by_hydra(error):
        return " ".join(str(error).split())
    return f"{type(error).__name__}: {error}\nThis was not foreseen; HYDRA_FULL_ERROR=1 shows where it happened."


def _raised_by_hydra(error: Exception) -> bool:
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return str(frame.f_globals.get("__name__")).startswith(("hydra.", "omegaconf."))


def _not_in_the_grammar(error: OverrideParseException) -> str:
    key, sign, value = error.override.partition("=")
    if not sign:
        return (
            f"{error.override!r} is no override. Write KEY=VALUE, +KEY=VALUE for a new key, or ~KEY to take one away."
        )
    quoted = value.replace('"', r"\"")
    cure = "each text in it" if value[:1] in ("[", "{") else f"it, and both from the shell: '{key}=\"{quoted}\"'"
    return (
        f"{error.override!r}: the value is not in Hydra's grammar, which has spaces, brackets, =, ; and letters "
        f"outside of ASCII in quotes only. Quote {cure}."
    )


def _unknown_option(error: MissingConfigException) -> str:
    group, _, option = str(error.missing_cfg_file or "").rpartition("/")
    options = error.options or [file.stem for file in (CONF / group).glob("*.yaml")]
    if not group or not options:
        return " ".join(str(error).split())
    available = ", ".join(sorted(options))
    return f"{group}={option}: there is no such option.{did_you_mean(option, options)} Available: {available}."


def _unknown_group(error: Exception) -> str:
    name = _OVERRIDDEN.findall(str(error))[0]
    groups = [folder.name for folder in CONF.iterdir() if folder.is_dir()]
    return f"there is no group or key {name!r}.{_nearest(name, groups)} Groups: {', '.join(sorted(groups))}."


def _unknown_key(cause: OmegaConfBaseException) -> str:
    key = str(cause.full_key)
    if cause.key is None or "not in struct" not in str(cause):
        return f"{key}: {str(cause.msg or cause).splitlines()[0]}"
    siblings = [str(name) for name in cause.parent_node] if isinstance(cause.parent_node, DictConfig) else []
    known = f" Here are: {', '.join(sorted(siblings))}." if siblings and "." in key else ""
    return f"there is no key {key!r}.{_nearest(key, siblings)}{known} To add a new one, write +{key}=VALUE."


def _nearest(key: str, siblings: list[str]) -> str:
    """Name what is spelt alike beside the key, else what bears its name elsewhere in the shipped files."""
    if hint := did_you_mean(key.rpartition(".")[2], siblings):
        return hint
    shipped = set(_shipped_keys())
    if key in shipped:
        return " Another option of its group has it."
    elsewhere = sorted(full for full in shipped if full.rpartition(".")[2] == key.rpartition(".")[2])
    if not elsewhere:
        return "" if "." in key else did_you_mean(key, shipped)  # all of one group are alike
    return f" Did you mean {' or '.join(map(repr, elsewhere[:3]))}?"


def _shipped_keys() -> Iterator[str]:
    for file in CONF.glob("*/*.yaml"):
        if file.parent.name not in {"experiment", "debug", "hydra", "local"}:
            content: Any = OmegaConf.to_container(OmegaConf.load(file))
            yield from (key for key, value in leaves(content, file.parent.name) if "${" not in str(value))
