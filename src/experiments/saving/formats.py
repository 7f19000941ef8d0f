"""The forms in which a model can be kept; each function writes one into a folder and returns its path."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from experiments.graph_names import graph_name
from experiments.types import Held


def keras_file(model: Any, folder: Path, example: Held) -> Path:
    """Write ``model.keras``: architecture, weights, vocabularies, optimizer and loss in one file."""
    with _whole(folder / "model.keras") as file:
        model.save(file)
    return folder / "model.keras"


def h5_file(model: Any, folder: Path, example: Held) -> Path:
    """Write ``model.h5``, the one-file form of earlier versions of Keras."""
    from absl import logging

    level = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)  # Keras would warn that the form is an old one, which was chosen knowingly
    compiled = dict(model._compile_config.config)
    try:
        # What holds functions of your own is saved uncompiled, for which this form knows another word than .keras.
        with _whole(folder / "model.h5") as file:
            model.save(file, include_optimizer=bool(model.get_compile_config()))
    finally:
        logging.set_verbosity(level)
        model._compile_config.config.update(compiled)  # Keras takes the optimizer out (3.15), and so of later files
    return folder / "model.h5"


def saved_model(model: Any, folder: Path, example: Held) -> Path:
    """Write the folder ``saved_model`` for TensorFlow Serving, TensorFlow Lite and programs without Keras.

    Its endpoint ``serve`` takes raw examples and predicts. Keras' own ``export`` would leave augmentation on in it
    (seen with Keras 3.15).

    Args:
        model: a ``keras.Model``.
        folder: of the run.
        example: raw inputs, whose shapes and types become the endpoint's signature.
    """
    import keras
    import tensorflow as tf

    def spec(name: str, array: Any, number: int = 0) -> Any:
        dtype = tf.string if array.dtype.hasobject else tf.as_dtype(array.dtype)
        return tf.TensorSpec((None, *array.shape[1:]), dtype, name=graph_name(name, number))

    if isinstance(example, Mapping):
        signature: Any = {name: spec(name, column, number) for number, (name, column) in enumerate(example.items())}
    else:
        signature = spec("inputs", example)
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint("serve", lambda inputs: model(inputs, training=False), input_signature=[signature])
    archive.write_out(str(folder / "saved_model"), verbose=False)
    return folder / "saved_model"


def weights(model: Any, folder: Path, example: Held) -> Path:
    """Write ``model.weights.h5``; to use it, build the model from the run's config, or from its architecture."""
    with _whole(folder / "model.weights.h5") as file:
        model.save_weights(file)
    return folder / "model.weights.h5"


def architecture(model: Any, folder: Path, example: Held) -> Path:
    """Write ``architecture.json``: the layers and their arguments, without weights."""
    (folder / "architecture.json").write_text(model.to_json(indent=2))
    return folder / "architecture.json"


@contextmanager
def _whole(file: Path) -> Iterator[Path]:
    """Give a name to write to, whose file takes its place when it is whole: half a model cannot be told from one."""
    new = file.with_name(f"new.{file.name}")
    try:
        yield new
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)
