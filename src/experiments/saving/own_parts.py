"""What a model is made of that Keras does not know by itself, and that has to be known to load the model."""

import inspect
import sys
from collections.abc import Iterator
from typing import Any


def own_parts(model: Any) -> list[Any]:
    """Return the classes of a model's layers, regularizers, initializers and constraints, and functions, not of Keras.

    Args:
        model: a ``keras.Model``.
    """
    parts = dict.fromkeys(part for layer in model._flatten_layers() for part in _parts(layer))
    return [part for part in parts if not part.__module__.startswith("keras.")]


def path_of(part: Any) -> str:
    """Return the dotted path by which a class or a function is imported."""
    return f"{part.__module__}.{part.__qualname__}"


def _parts(layer: Any) -> Iterator[Any]:
    import keras

    yield type(layer)
    for value in vars(layer).values():
        if isinstance(value, keras.Regularizer | keras.Initializer | keras.constraints.Constraint):
            yield type(value)
        elif inspect.isfunction(value) and _is_of_a_module(value):  # an activation, or what a Lambda calls
            yield value


def _is_of_a_module(function: Any) -> bool:
    """Return whether a function can be imported; Keras wraps methods of a layer in others, which cannot."""
    return getattr(sys.modules.get(function.__module__), function.__qualname__, None) is function
