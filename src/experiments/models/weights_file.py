"""Weights from a file, or one clear error that says where they do not fit."""

import io
import warnings
import zipfile
from pathlib import Path
from typing import Any

from experiments.errors import UserError
from experiments.misfit import misfit

ENDINGS = (".weights.h5", ".h5", ".keras")


def check_weights_file(path: str, *, key: str) -> Path:
    """Return the file, or raise ``UserError`` where there is none of a known ending; TensorFlow is not needed.

    Args:
        path: of the file.
        key: of the knob that names it, for the message.
    """
    file = Path(path).expanduser()
    if not path.endswith(ENDINGS):
        raise UserError(f"{key} must be a file that ends in {' or '.join(ENDINGS)}, got {path!r}.")
    if not file.is_file():
        raise UserError(f"the file of weights {file} is missing. Set {key}=FILE.")
    return file


def load_weights_file(model: Any, path: str, *, key: str) -> None:
    """Give a model the weights of a file, all of them or none.

    Args:
        model: a ``keras.Model``, built.
        path: ``.weights.h5`` as ``model.save_weights`` writes it, ``.keras``, or ``.h5`` as earlier Keras did.
        key: of the knob that names the file, for the message.

    Raises:
        UserError: the file is missing, is none of these, or holds weights of another model.
    """
    file = check_weights_file(path, key=key)
    before = model.get_weights()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one for each part that does not fit; the error below tells it once
            model.load_weights(file)
        _check_that_all_were_taken(model, file)
    except (ValueError, OSError, KeyError, zipfile.BadZipFile) as error:
        model.set_weights(before)
        raise UserError(f"{key}={file} does not fit the model {model.name}: {misfit(error)}.") from error


def _check_that_all_were_taken(model: Any, file: Path) -> None:
    """Raise ``ValueError`` where a file has more weights than the model; Keras would leave them out without a word."""
    if file.name.endswith(".h5") and not file.name.endswith(".weights.h5"):
        return  # of the form of earlier Keras, which counts the layers
    import h5py

    content = zipfile.ZipFile(file).read("model.weights.h5") if file.suffix == ".keras" else file.read_bytes()
    arrays: list[str] = []

    def note(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and item.dtype.kind == "f" and not name.startswith("optimizer/"):
            arrays.append(name)

    with h5py.File(io.BytesIO(content)) as weights:
        weights.visititems(note)
    own = sum("float" in str(weight.dtype) for weight in model.weights)
    if len(arrays) != own:
        raise ValueError(f"it has {own} weights, the file {len(arrays)}")
