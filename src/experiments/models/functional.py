"""Subclassed models as graphs of layers, which is what the rest of a run can work with."""

import logging
import warnings
from collections.abc import Sequence

import keras

from experiments.errors import one_line, refused_layers


def call_once(model: keras.Model, *, input_shape: Sequence[int], input_dtype: str) -> None:
    """Build a subclassed model by calling it on a symbolic batch, which also gives it ``input`` and ``output``.

    Args:
        model: built or not.
        input_shape: of one raw example.
        input_dtype: of the raw examples, such as ``"uint8"``.

    Raises:
        UserError: the model cannot take such examples.
    """
    if model.built:
        return
    try:
        with warnings.catch_warnings(record=True) as caught:  # of a failure Keras warns three times and then raises
            model(keras.Input(tuple(input_shape), dtype=input_dtype, name="inputs"))
    except (TypeError, ValueError) as error:
        said = one_line(error).rpartition("Error encountered: ")[2]
        raise refused_layers(
            f"model: {type(model).__name__} does not fit examples of shape {tuple(input_shape)}: {said}"
        ) from error
    for warning in caught:
        warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)


def as_functional(model: keras.Model, *, quietly: bool = False) -> keras.Model:
    """Return the network of a subclassed model as a Functional model that shares its layers and weights.

    A file of it holds layers only, so that it can be loaded where the class is not known. A ``call`` that does more
    than to call layers and ``keras.ops`` cannot be followed: such a model is returned as it is.

    Args:
        model: called once; a Functional or Sequential one is returned as it is.
        quietly: do not tell that a model cannot be followed. Default ``False``.

    Returns:
        A model of the same name and with the same outputs, not compiled, or ``model`` itself.
    """
    if getattr(model, "outputs", None) is not None:
        return model
    try:
        outputs = model.call(model.input)
    except (TypeError, ValueError) as error:
        logging.getLogger("experiments").log(
            logging.DEBUG if quietly else logging.WARNING,
            "%s is kept as a model of its class, which has to be imported wherever it is loaded: its call() does "
            "more than to call layers and keras.ops (%s).",
            type(model).__qualname__,
            str(error).partition("\n")[0].partition(". ")[0],
        )
        return model
    return keras.Model(model.input, outputs, name=model.name)
