"""Load a model in whichever form it was kept."""

import importlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from experiments.errors import UserError, one_line
from experiments.misfit import misfit
from experiments.types import Array, Held

Predict = Callable[[Held], Array]


def load_predict(path: str | Path, *, classes: Sequence[str] = ()) -> Predict:
    """Return a function from raw examples to predictions, of shape ``(n, outputs)``.

    Args:
        path: ``model.keras``, ``model.h5``, the folder ``saved_model``, or ``model.weights.h5`` with
            ``architecture.json`` beside it.
        classes: dotted paths of layers and other parts of your own in it, as ``results.json`` has them. Default none.

    Raises:
        UserError: there is no such file, it is not a form that a model is kept in, or a class cannot be imported.

    Example:
    ```python
    predict = load_predict("mlruns/runs/cnn-mnist/saved_model")
    probabilities = predict(images)  # uint8, shape (n, 28, 28, 1)
    ```
    """
    path = Path(path).expanduser()
    if not path.exists():
        raise UserError(f"there is no model at {path}.")
    if path.is_dir():
        return _from_saved_model(path)
    import keras

    with keras.saving.custom_object_scope({one.__name__: one for one in map(_imported, classes)}):
        return _from_keras(_keras_model(path))


def _imported(path: str) -> Any:
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise UserError(
            f"the model has parts of your own, {path}, which cannot be imported ({error}). Put the folder of their "
            "module on PYTHONPATH, or use the form saved_model, which needs none."
        ) from error


def _keras_model(path: Path) -> Any:
    import keras

    import experiments.layers.saved_model_embedding  # noqa: F401 (Keras knows it from now on)

    if path.name.endswith(".weights.h5"):
        plan = path.with_name("architecture.json")
        if not plan.is_file():
            raise UserError(
                f"{path} holds weights only. Put architecture.json beside it: saving=[weights,architecture]."
            )
        layers = json.loads(plan.read_text())
        layers.pop("compile_config", None)  # an optimizer that is not built yet could not take its weights
        with _clear_refusal(plan):
            model = keras.models.model_from_json(json.dumps(layers))
        try:
            model.load_weights(path)
        except (ValueError, OSError) as error:
            raise UserError(f"{path} does not fit the model of {plan.name} beside it: {misfit(error)}.") from error
        return model
    if path.suffix not in (".keras", ".h5"):
        raise UserError(f"{path} is no model: known are .keras, .h5, .weights.h5 and a saved_model folder.")
    with _clear_refusal(path):
        return keras.models.load_model(path, compile=False)


@contextmanager
def _clear_refusal(path: Path) -> Iterator[None]:
    try:
        yield
    except (TypeError, ValueError, OSError) as error:
        raise UserError(f"{path} cannot be loaded: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """Return what Keras found, which it puts behind the config of the whole model."""
    said = one_line(error)
    return (said.rpartition("Exception encountered: ")[2] if "config={" in said else said)[:500]


def _from_keras(model: Any) -> Predict:
    def predict(inputs: Held) -> Array:
        outputs: Array = model.predict(inputs, verbose=0)
        return outputs

    return predict


def _from_saved_model(path: Path) -> Predict:
    import tensorflow as tf

    if not (path / "saved_model.pb").is_file():
        raise UserError(f"{path} is no saved model: it has no saved_model.pb.")
    loaded = tf.saved_model.load(str(path))

    def predict(inputs: Held) -> Array:
        columns = inputs if isinstance(inputs, Mapping) else {"": inputs}
        tensors = {name: tf.constant(column) for name, column in columns.items()}
        return np.asarray(loaded.serve(tensors if isinstance(inputs, Mapping) else tensors[""]))

    return predict
