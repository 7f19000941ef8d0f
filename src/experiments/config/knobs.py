"""Types and ranges of single values.

The YAML files are the schema: what a knob holds there says of which type it is. Only what YAML cannot say stands in
`ranges.py`.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from experiments.config.ranges import A_COUNT_IF_WHOLE, ANY_TYPE, LEFT_TO_THE_DATA, MAY_BE_NULL, RANGES, TYPES, WORDS
from experiments.errors import UserError, did_you_mean
from experiments.paths import CONF

_NAMES = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list, such as [64,32]",
}
NOT_A_SETTING = {"paths", "run_name", "pictures", "saving"}
"""Groups that say nothing about an experiment: where things lie, and what files a run leaves."""


def check_knobs(values: Mapping[str, Any], choices: Mapping[str, str]) -> None:
    """Raise ``UserError`` for the first value of a wrong type or out of range.

    Args:
        values: every value of the resolved config by its dotted key; a list is one value.
        choices: the option chosen in each group, whose YAML file says of which type its knobs are.
    """
    shipped = dict(_shipped_values(choices))
    for key, value in values.items():
        expected = TYPES.get(key) or _type_of(shipped.get(key))
        if value is None and key in LEFT_TO_THE_DATA | MAY_BE_NULL:
            continue
        if value is None:
            declared = key in TYPES or key in WORDS
            if _type_of(shipped.get(key)) or (declared and shipped.get(key) is not None):
                raise UserError(f"{key} must be {_NAMES[expected] if expected else 'set'}{_or_words(key)}, got null.")
            continue
        if key in ANY_TYPE or (isinstance(value, str) and value in WORDS.get(key, ())):
            continue
        _check_word(key, value, expected)
        if expected and not _fits(value, expected):
            raise UserError(f"{key} must be {_NAMES[expected]}{_or_words(key)}, got {value!r}.")
        for item in value if isinstance(value, list) else [value]:
            _check_range(key, item)
            if isinstance(value, list) and isinstance(item, float) and key in RANGES:
                raise UserError(f"{key} must hold whole numbers, got {item}.")


def whole_numbers_as_floats(values: Mapping[str, Any], choices: Mapping[str, str]) -> dict[str, float]:
    """Return the knobs that hold a whole number where their YAML file has a fraction, as floats.

    Keras refuses a learning rate of 1, and computes its schedules in whole numbers, so that 0.95 becomes 0.
    """
    shipped = dict(_shipped_values(choices))
    return {
        key: float(value)
        for key, value in values.items()
        if type(value) is int and _type_of(shipped.get(key)) is float and key not in A_COUNT_IF_WHOLE
    }


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
