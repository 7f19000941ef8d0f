"""Examples that a Python function of yours yields one after another."""

import importlib
import mmap
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from experiments.data.memory import InMemory, is_held
from experiments.data.own_examples import own_examples
from experiments.errors import UserError, did_you_mean
from experiments.stored import StoredInputs
from experiments.types import Array, RawData, Target

_NUMBERS = "buif"  # NumPy's kinds of dtypes: booleans, whole numbers, floats
_CURE = "Run the command where the module lies, or name its folder in PYTHONPATH."


def generator(
    *,
    train: str | None,
    test: str | None = None,
    folder: str,
    target: Target,
    kind: str,
    test_split: float = 0.2,
    in_memory: InMemory = "auto",
) -> RawData:
    """Take the examples that functions yield, each once, by way of a file that vanishes with the process.

    In the file they can be shuffled, divided and read again in every epoch, whatever their number.

    Args:
        train: dotted path of a function without arguments that yields pairs of an example and its label: arrays of one
            shape and type, and whole numbers from 0 on or, to predict a number, any.
        test: of the function that yields the test examples; ``None`` to hold some of the training examples out.
        folder: in which the file lies; it is made if need be.
        target: ``classes`` for labels that count from 0, ``number`` for any.
        kind: with ``image``, examples of shape ``(height, width)`` get a channel.
        test_split: share held out where there is no ``test``, in (0, 1); stratified for classes.
        in_memory: ``True`` holds the examples, ``False`` reads them from the file whenever they are wanted;
            ``"auto"`` (default) holds them if they take less than a third of the memory that is available.

    Raises:
        UserError: a function cannot be found, fails, or yields what cannot be used.
    """
    paths = {name: path for name, path in (("data.train", train), ("data.test", test)) if path or name == "data.train"}
    functions = {name: _function(name, path) for name, path in paths.items()}
    Path(folder).mkdir(parents=True, exist_ok=True)
    written = [_written(_pairs(paths[name] or "", make), Path(folder)) for name, make in functions.items()]
    origin = ", ".join(map(str, paths.values()))
    hold = is_held(in_memory, sum(inputs.nbytes for inputs, _ in written), origin=origin)
    parts = [(np.asarray(inputs) if hold else inputs, labels) for inputs, labels in written]
    return own_examples(
        parts[0],
        parts[1] if test else None,
        kind=kind,
        target=target,
        names=(str(train), str(test)),
        test_split=test_split,
        origin=origin,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class WrittenRows:
    """A store of examples that lie one after another in an open file."""

    file: IO[bytes]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def read(self, rows: Array) -> Array:
        """Return the examples in these rows."""
        # Mapped for this once: pages of a mapping that stays would stay in memory with it.
        mapped = mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_READ)
        return np.frombuffer(mapped, self.dtype).reshape(self.shape)[rows]


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
            example, label = map(np.asarray, pair)
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


def _written(pairs: Iterator[tuple[Array, Array]], folder: Path) -> tuple[StoredInputs, Array]:
    """Write the examples into a file that has no name, so that it is gone however the process ends."""
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - open as long as its examples are wanted
    labels: list[Array] = []
    for example, label in pairs:
        try:
            file.write(np.ascontiguousarray(example).data)
        except OSError as error:
            raise UserError(
                f"{len(labels)} examples are written to {folder}, and no more can be: {error}. Does the function end? "
                "Another folder: paths.data=FOLDER."
            ) from error
        labels.append(label)
    file.flush()
    store = WrittenRows(file=file, shape=(len(labels), *example.shape), dtype=example.dtype)
    return StoredInputs.all_of(store), np.array(labels)
