"""Whether what is written down of a model makes the same model again, found out before it is trained."""

import random
from collections.abc import Collection, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from experiments.errors import UserError, one_line
from experiments.saving.formats import keras_file
from experiments.saving.load import load_predict
from experiments.saving.own_parts import own_parts, path_of
from experiments.types import Held

_OF_LAYERS = ("keras", "h5", "architecture")  # the other forms hold a program, or weights only


def check_loadable(model: Any, forms: Collection[str], example: Held) -> None:
    """Refuse to keep a model in a form that would not give it back.

    One with parts of the user's own is saved, loaded and run: what a ``get_config`` forgets shows in other predictions
    only.

    Args:
        model: to keep, built; a Functional one where ``h5`` is among the forms.
        forms: that it is to be kept in, such as ``{"keras", "h5"}``.
        example: a few raw inputs.

    Raises:
        UserError: with the reason and what to choose.
    """
    own = [path_of(part) for part in own_parts(model) if not part.__module__.startswith("experiments.")]
    cure = f"Let __init__() and get_config() of {', '.join(own)} agree on every argument"
    try:
        model.get_config()
    except (TypeError, ValueError, NotImplementedError) as error:  # every checkpoint would fail so
        said = one_line(error).partition(" Please implement")[0].rstrip(".")
        raise UserError(f"{model.name} cannot be kept: {said}.{f' {cure}.' if own else ''}") from error
    chosen = [form for form in _OF_LAYERS if form in forms]
    if chosen and own:
        refusal, or_else = f"saving={chosen[0]} cannot hold {model.name}", f"{cure}, or choose saving=saved_model."
        try:
            same = _is_same_when_loaded(model, own, example)
        except UserError as error:
            raise UserError(f"{refusal}: {str(error).rpartition('cannot be loaded: ')[2]}. {or_else}") from error
        if not same:
            raise UserError(f"{refusal}: loaded again, it would predict otherwise. {or_else}")
    if "h5" in chosen and (operation := _operation(model)):
        raise UserError(
            f"saving=h5 cannot hold {model.name}: that form knows layers only, and this model has the operation "
            f"{operation}. Choose saving=keras or saving=saved_model."
        )


def _is_same_when_loaded(model: Any, own: Sequence[str], example: Held) -> bool:
    before = random.getstate()  # from which Keras draws the seeds of the weights that are replaced at once
    try:
        with TemporaryDirectory() as folder:
            loaded = load_predict(keras_file(model, Path(folder), example), classes=own)
            expected, again = (model.predict(example, verbose=0) for _ in range(2))
            is_random = not np.array_equal(expected, again, equal_nan=True)
            return is_random or np.allclose(loaded(example), expected, rtol=1e-3, atol=1e-5, equal_nan=True)
    finally:
        random.setstate(before)


def _operation(model: Any) -> str:
    """Return the name of an operation in a model's graph that is no layer; empty where there is none."""
    import keras

    operations = (each for inner in model._flatten_layers() for each in getattr(inner, "operations", ()))
    return next((type(each).__name__ for each in operations if not isinstance(each, keras.Layer)), "")
