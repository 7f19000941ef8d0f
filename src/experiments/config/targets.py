"""Hold the arguments in a config against the signatures of what they are for."""

import importlib
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from experiments.errors import UserError, did_you_mean, one_line

_HYDRAS_OWN = {"_target_", "_partial_", "_convert_", "_recursive_", "_args_"}
NOT_ARGUMENTS = {"model": {"accepts", "logits"}}
"""Keys that stand beside a target's arguments and are read by the cross-checks alone."""


def targets(node: Any, key: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the dotted key and the node of every ``_target_`` in a resolved config, outer ones first."""
    if isinstance(node, Mapping):
        if "_target_" in node:
            yield key, node
        for name, value in node.items():
            yield from targets(value, f"{key}.{name}" if key else str(name))


def check_target(key: str, node: Mapping[str, Any]) -> None:
    """Raise ``UserError`` if the target cannot be found or does not take exactly these arguments.

    Args:
        key: dotted key of the node, for the message.
        node: a mapping with ``_target_``.
    """
    path = str(node["_target_"])
    target = locate(key, path)
    if not callable(target):
        raise UserError(f"{key}._target_: {path} is a {type(target).__name__}, and no function or class.")
    given = {name for name in node if name not in _HYDRAS_OWN | NOT_ARGUMENTS.get(key, set())}
    known, required = _arguments(target)
    if measures_outputs(key, target):
        given -= {"name", "from_logits"} - known  # what only a class would be told
        required -= set(list(inspect.signature(target).parameters)[:2])
    if key.startswith("task.metrics.") and "name" in given - known:
        raise UserError(f"{key}: {path} needs an argument name, by which the metric is logged.")
    for name in sorted(given - known):
        raise UserError(
            f"{key}.{name}: {path} has no argument {name!r}.{did_you_mean(name, known)} "
            f"It takes {', '.join(sorted(known))}. Where a file has set it: '~{key}.{name}'."
        )
    if node.get("_partial_"):
        return  # the rest is given when it is called
    if absent := sorted(required - given):
        raise UserError(f"{key}: {path} needs {', '.join(absent)}. Set {key}.{absent[0]}=VALUE.")


def measures_outputs(key: str, target: Any) -> bool:
    """Return whether the target is a plain function of labels and outputs, where a loss or a metric is wanted.

    Such a function is not called to make a loss: it is the loss.
    """
    return key.startswith(("task.loss", "task.metrics.")) and inspect.isfunction(target)


def locate(key: str, path: str) -> Any:
    """Return what a dotted path names.

    Raises:
        UserError: there is no such module, it cannot be imported, or has nothing of that name in it.
    """
    module, _, name = path.strip(".").rpartition(".")
    if not module:
        raise UserError(f"{key}._target_ must be a dotted path, such as keras.optimizers.Adam, got {path!r}.")
    try:
        found = importlib.import_module(module)
    except Exception as error:  # whatever a module of the user's raises
        if isinstance(error, ModuleNotFoundError) and f"{module}.".startswith(f"{error.name}."):
            raise UserError(f"{key}._target_: there is no module {module!r} ({error}).") from error
        failure = f"{type(error).__name__}: {one_line(error)}"
        raise UserError(f"{key}._target_: the module {module!r} cannot be imported: {failure}.") from error
    if not hasattr(found, name):
        raise UserError(f"{key}._target_: {module} has no {name!r}.{did_you_mean(name, dir(found))}")
    return getattr(found, name)


def _arguments(target: Any) -> tuple[set[str], set[str]]:
    """Return the names of all arguments, those handed on to base classes included, and of those required."""
    known: set[str] = set()
    required: set[str] = set()
    functions = [target]
    if inspect.isclass(target):
        functions = [vars(base)["__init__"] for base in inspect.getmro(target)[:-1] if "__init__" in vars(base)]
    for number, function in enumerate(functions):
        parameters = [p for p in inspect.signature(function).parameters.values() if p.name != "self"]
        named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
        known |= {p.name for p in named}
        required |= {p.name for p in named if p.default is p.empty and number == 0}
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return known, required
