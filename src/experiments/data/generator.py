"""Examples that a Python function of yours yields one after another."""

import importlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from experiments.data.gathered import gather
from experiments.data.memory import InMemory, is_held
from experiments.data.own_examples import Part, own_examples
from experiments.data.usable import check_numbers
from experiments.errors import UserError, did_you_mean
from experiments.types import Array, RawData, Target

_NUMBERS = "buif"  # NumPy's kinds of dtypes: booleans, whole numbers, floats
_CURE = "Run the command where the module lies, or name its folder in PYTHONPATH."


def generator(
    *,
    train: str | None,
    test: str | None = None,
    target: Target,
    kind: str,
    test_split: float = 0.2,
    in_memory: InMemory = "auto",
    folder: str | None = None,
) -> RawData:
    """Take the examples that functions yield, each once, by way of a file that vanishes with the process.

    In the file they can be shuffled, divided and read again in every epoch, whatever their number.

    Args:
        train: dotted path of a function without arguments that yields pairs of an example and its label: arrays of one
            shape and type, and whole numbers from 0 on or, to predict a number, any.
        test: of the function that yields the test examples; ``None`` to hold some of the training examples out.
        target: ``classes`` for labels that count from 0, ``number`` for any.
        kind: with ``image``, examples of shape ``(height, width)`` get a channel.
        test_split: share held out where there is no ``test``, in (0, 1); stratified for classes.
        in_memory: ``True`` holds the examples, ``False`` reads them from the file whenever they are wanted;
            ``"auto"`` (default) holds them if they take less than a third of the memory that is available.
        folder: in which the file lies; ``None`` (default) for that of the system's temporary files.

    Raises:
        UserError: a function cannot be found, fails, or yields what cannot be used.
    """
    paths = {"data.train": train} | ({"data.test": test} if test else {})
    functions = {name: _function(name, path) for name, path in paths.items()}
    parts = [_written(str(paths[name]), make, folder) for name, make in functions.items()]
    origin = ", ".join(map(str, paths.values()))
    if is_held(in_memory, sum(part.inputs.nbytes for part in parts), origin=origin):
        parts = [replace(part, inputs=np.asarray(part.inputs)) for part in parts]
    return own_examples(
        parts[0], parts[1] if test else None, kind=kind, target=target, test_split=test_split, origin=origin
    )


def _function(name: str, path: str | None) -> Callable[[], Iterable[Any]]:
    module, _, function = (path or "").rpartition(".")
    if not module:
        raise UserError(f"{name} must be the dotted path of a function, such as my_module.examples, got {path!r}.")
    try:
        found = getattr(importlib.import_module(module), function)
    except ImportError as error:
        raise UserError(f"{name}={path}: the module {module!r} cannot be imported ({error}). {_CURE}") from error
    except AttributeError as error:
        hint = did_you_mean(function, dir(importlib.import_module(module)))
        raise UserError(f"{name}={path}: {module} has no {function!r}.{hint}") from error
    if not callable(found):
        raise UserError(f"{name}={path} must be a function that yields examples, got {type(found).__name__}.")
    return found  # type: ignore[no-any-return]


def _pairs(path: str, function: Callable[[], Iterable[Any]]) -> Iterator[tuple[Array, Array]]:
    """Yield the examples and labels as arrays; each is held against the first."""
    number, first = 0, None
    try:
        for number, pair in enumerate(function(), start=1):
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise UserError(f"{path} must yield pairs of an example and its label, got {type(pair).__name__}.")
            example, label = map(_native, pair)
            first = example if first is None else first
            if label.size != 1 or {example.dtype.kind, label.dtype.kind} - set(_NUMBERS):
                raise UserError(
                    f"{path}: examples must be arrays of numbers, and labels one number each; number {number} has an "
                    f"example of type {example.dtype} and a label of type {label.dtype} and shape {label.shape}."
                )
            if example.shape != first.shape or example.dtype != first.dtype:
                raise UserError(
                    f"{path}: all examples must be of one shape and type; the first is {first.shape} {first.dtype}, "
                    f"number {number} is {example.shape} {example.dtype}."
                )
            yield example, label.reshape(())
    except UserError:
        raise
    except Exception as error:
        raise UserError(f"{path} failed after {number} examples: {type(error).__name__}: {error}") from error
    if not number:
        raise UserError(f"{path} yielded no example.")


def _native(value: Any) -> Array:
    array = np.asarray(value)
    return np.asarray(array, array.dtype.newbyteorder("="))  # TensorFlow knows no other order of bytes


def _written(path: str, function: Callable[[], Iterable[Any]], folder: str | None) -> Part:
    examples, labels = gather(hold=False, folder=folder), list[Array]()
    for example, label in _pairs(path, function):
        examples.extend(example[np.newaxis])
        labels.append(label)
    inputs = examples.inputs()
    check_numbers(path, inputs)
    return Part(name=path, inputs=inputs, labels_name=path, labels=np.array(labels))
