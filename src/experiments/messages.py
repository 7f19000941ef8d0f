"""The one line that a user reads instead of a traceback."""

import re
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hydra.errors import ConfigCompositionException, HydraException, MissingConfigException, OverrideParseException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from experiments.config.knobs import leaves
from experiments.errors import UserError, did_you_mean, one_line
from experiments.paths import CONF

_OVERRIDDEN = re.compile(r"override '([^']+)'")
_LISTS = {"callbacks": "[none]", "saving": "[]"}
"""Groups of which several options are chosen at once, and what chooses none."""


def explain(error: Exception) -> str:
    """Say what was wrong, the value, the cure and the nearest names."""
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, OverrideParseException):
        return _not_in_the_grammar(error)
    if isinstance(error, MissingConfigException):
        return _unknown_option(error)
    for pattern, say in _BY_TEXT.items():
        if match := pattern.search(str(error)):
            return say(*match.groups())
    if isinstance(error, ConfigCompositionException) and "No match in the defaults list" in str(error):
        return _unknown_group(error)
    cause = error if isinstance(error, OmegaConfBaseException) else error.__cause__
    if isinstance(cause, OmegaConfBaseException) and cause.full_key:
        return _unknown_key(cause)
    if isinstance(error, OSError) and _raised_by_hydra(error):
        return (
            f"the run's folder {error.filename} cannot be made: {error.strerror}. Choose another place or another "
            "name: paths.store=FOLDER, run_name=NAME."
        )
    if isinstance(error, HydraException | OmegaConfBaseException) or _raised_by_hydra(error):
        return " ".join(str(error).split())
    said = one_line(error) if "[[{{node" in str(error) else error
    return f"{type(error).__name__}: {said}\nThis was not foreseen; HYDRA_FULL_ERROR=1 shows where it happened."


def _raised_by_hydra(error: Exception) -> bool:
    modules = [str(frame.f_globals.get("__name__")) for frame, _ in traceback.walk_tb(error.__traceback__)]
    *_, last = [module for module in modules if not module.startswith("pathlib")]
    return last.startswith(("hydra.", "omegaconf."))


def _not_in_the_grammar(error: OverrideParseException) -> str:
    key, sign, value = error.override.partition("=")
    if not sign:
        return (
            f"{error.override!r} is no override. Write KEY=VALUE, +KEY=VALUE for a new key, or ~KEY to take one away."
        )
    quoted = value.replace('"', r"\"")
    cure = f"Quote it, and both from the shell: '{key}=\"{quoted}\"'"
    if value[:1] in ("[", "{"):
        cure = "Quote each text in it, and close what is opened"
    if value[:1] == "{":
        cure += (
            r". A name before a colon takes no quotes, but a \ before a bracket or comma, as in {size \(m2\): float}; "
            "one with letters outside of ASCII has to stand in a YAML file, such as a copy of conf/data/csv.yaml"
        )
    return (
        f"{error.override!r}: the value is not in Hydra's grammar, which has spaces, brackets, =, ; and letters "
        f"outside of ASCII in quotes only. {cure}."
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


def _not_chosen(group: str, option: str | None) -> str:
    """Explain a group that was to be left out where it is a list, is chosen otherwise, or does not exist."""
    written, options = f"~{group}={option}" if option else f"~{group}", [file.stem for file in _files(group)]
    if not options:
        groups = [folder.name for folder in CONF.iterdir() if folder.is_dir()]
        return f"{written} leaves out nothing: there is no group {group!r}.{did_you_mean(group, groups)}"
    if group in _LISTS:
        return (
            f"{written} cannot be: {group} is a list of options. Give the list that is wanted: {group}={_LISTS[group]}."
        )
    hint = "" if option in options else did_you_mean(option or "", options)
    return f"{written} leaves out nothing: another option of {group} is chosen.{hint} Choose one: {group}=OPTION."


def _nothing_there(key: str) -> str:
    hint = did_you_mean(key, _shipped_keys())
    return f"~{key} leaves out nothing: there is no such key, or it is null already.{hint}"


def _unknown_reference(key: str) -> str:
    group = key.partition(".")[0]
    if _options_with(key):
        return (
            f"the config refers to {key!r}, which is not there: is it, or {group}, left out, or another chosen? "
            f"Leave out ~{key} or ~{group}, or choose {_choices(key)}."
        )
    return f"the config refers to {key!r}, but there is no such key.{did_you_mean(key, _shipped_keys())}"


def _unknown_key(cause: OmegaConfBaseException) -> str:
    key = str(cause.full_key)
    if cause.key is None or "not in struct" not in str(cause):
        return f"{key}: {str(cause.msg or cause).splitlines()[0]}"
    siblings = [str(name) for name in cause.parent_node] if isinstance(cause.parent_node, DictConfig) else []
    if _options_with(key) and not did_you_mean(key.rpartition(".")[2], siblings):
        return f"there is no key {key!r} in what is chosen. To have it, choose {_choices(key)}."
    known = f" Here are: {', '.join(sorted(siblings))}." if siblings and "." in key else ""
    return f"there is no key {key!r}.{_nearest(key, siblings)}{known} To add a new one, write +{key}=VALUE."


def _choices(key: str) -> str:
    """Return what to type to choose an option that has the key."""
    group, options = key.partition(".")[0], _options_with(key)
    typed = [f"'{group}=[default,{name}]'" if group == "callbacks" else f"{group}={name}" for name in options]
    return " or ".join(typed[:4])


def _options_with(key: str) -> list[str]:
    """Return the options of the key's group that have it, or something below it."""
    group = key.partition(".")[0]
    return [
        file.stem
        for file in _files(group)
        if any(f"{name}.".startswith(f"{key}.") for name, _ in leaves(_content(file), group))
    ]


def _nearest(key: str, siblings: list[str]) -> str:
    """Name what is spelt alike beside the key, else what bears its name elsewhere in the shipped files."""
    if hint := did_you_mean(key.rpartition(".")[2], siblings):
        return hint
    shipped = set(_shipped_keys())
    elsewhere = sorted(full for full in shipped if full.rpartition(".")[2] == key.rpartition(".")[2])
    if not elsewhere:
        return "" if "." in key else did_you_mean(key, shipped)  # all of one group are alike
    return f" Did you mean {' or '.join(map(repr, elsewhere[:3]))}?"


def _shipped_keys() -> Iterator[str]:
    for file in CONF.glob("*/*.yaml"):
        if file.parent.name not in {"experiment", "debug", "hydra", "local"}:
            known = leaves(_content(file), file.parent.name)
            yield from (key for key, value in known if "${" not in str(value))


def _files(group: str) -> list[Path]:
    return sorted((CONF / group).glob("*.yaml"))


def _content(file: Path) -> Any:
    return OmegaConf.to_container(OmegaConf.load(file))


_BY_TEXT: dict[re.Pattern[str], Callable[..., str]] = {
    re.compile(r"Interpolation key '([^']+)' not found"): _unknown_reference,
    re.compile(r"Missing mandatory value: (\S+)"): lambda key: f"{key} has no value. Set it: {key}=VALUE.",
    re.compile(r"Could not delete '(\w+)(?:=([^']*))?'\. No match"): _not_chosen,
    re.compile(r"Could not delete from config\. '([^']+)' does not exist"): _nothing_there,
}
"""What Hydra says where it tells its mistakes apart by words only, and what is said instead."""
