"""A network of ``keras.applications`` that was trained elsewhere, with a head of one's own."""

import inspect
import os
import re
import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
from keras import applications, layers, ops

from experiments.errors import UserError, did_you_mean
from experiments.models.blocks import outputs_of, penalty, raw_input
from experiments.models.weights_file import load_weights_file

_DECIDED_HERE = {"include_top", "weights", "input_shape", "input_tensor", "pooling", "classes", "classifier_activation"}
_COLOURS = 3
_TIMEOUT = 20  # seconds without an answer before a download is given up


def image_transfer(
    *,
    input_shape: Sequence[int],
    input_dtype: str,
    preprocessing: keras.Layer,
    backbone: str = "MobileNetV2",
    backbone_options: Mapping[str, Any] | None = None,
    weights: str = "imagenet",
    fine_tune: bool = False,
    image_size: int | None = None,
    pooling: str = "avg",
    units: Sequence[int] = (),
    activation: str = "relu",
    dropout: float = 0.2,
    l2: float = 0.0,
    outputs: int,
    output_activation: str = "softmax",
    name: str = "image_transfer",
) -> keras.Model:
    """Build a backbone without its own last layers, then pooling, Dense and Dropout for each of ``units``, the output.

    The backbone is given pixels scaled as it was trained with. Where it has weights, its BatchNormalization stays as it
    is, also while the rest of it is fine-tuned: a few small batches would spoil its statistics.

    Args:
        input_shape: height, width and channels of one raw image; one channel is repeated to three.
        input_dtype: of the raw images, such as ``"uint8"``.
        preprocessing: layer that turns raw images into numbers from 0 to 1.
        backbone: name of a function in ``keras.applications``.
        backbone_options: further arguments of it, such as ``{"alpha": 0.35}``.
        weights: ``"imagenet"``, which Keras downloads once; a ``.weights.h5`` or ``.h5`` file of the backbone without
            its top; ``"random"`` for new ones, which ``fine_tune`` should go with.
        fine_tune: let the backbone learn from the first epoch on. By default it is frozen.
        image_size: height and width that images are brought to; ``None`` (default) leaves them as they are.
        pooling: ``"avg"`` or ``"max"`` over what the backbone puts out.
        units: width of each hidden layer of the head.
        activation: of the hidden layers.
        dropout: share of units dropped before the output and after each hidden layer in training, in [0, 1).
        l2: strength of the penalty on the head's kernels.
        outputs: width of the output layer.
        output_activation: of the output layer.
        name: of the model.

    Returns:
        A model from ``(batch, height, width, channels)`` to ``(batch, outputs)``, not compiled; 2,270,794 parameters
        for the default backbone and 10 outputs, of which 12,810 learn.

    Raises:
        UserError: there is no such backbone, it takes no such images or options, or the weights are missing or do not
            fit.

    Source: https://www.tensorflow.org/tutorials/images/transfer_learning.
    """
    build = _application(backbone)
    options = _checked_options(backbone, build, backbone_options or {})
    inputs, hidden = raw_input(input_shape, input_dtype, preprocessing)
    hidden = _scaled_for(build, _in_colour(hidden, image_size))
    trunk = _trunk(build, weights, input_shape=hidden.shape[1:], options=options)
    trunk.trainable = fine_tune
    if weights != "random":
        _keep_statistics(trunk)
    hidden = trunk(hidden)
    hidden = (layers.GlobalMaxPooling2D if pooling == "max" else layers.GlobalAveragePooling2D)()(hidden)
    for width in units:
        hidden = layers.Dropout(dropout)(hidden)
        hidden = layers.Dense(width, activation=activation, kernel_regularizer=penalty(l2))(hidden)
    hidden = layers.Dropout(dropout)(hidden)
    return keras.Model(inputs, outputs_of(hidden, outputs, output_activation, l2), name=name)


def _application(name: str) -> Callable[..., Any]:
    known = {key: value for key, value in vars(applications).items() if inspect.isfunction(value)}
    if name not in known:
        hint = did_you_mean(name, known)
        raise UserError(f"model.backbone={name} is not in keras.applications.{hint} There are {', '.join(known)}.")
    return known[name]


def _checked_options(backbone: str, build: Callable[..., Any], options: Mapping[str, Any]) -> Mapping[str, Any]:
    known = set(inspect.signature(build).parameters) - _DECIDED_HERE
    for name in options:
        if name not in known:
            raise UserError(
                f"model.backbone_options.{name}: {backbone} has no such option.{did_you_mean(name, known)} "
                f"It takes {', '.join(sorted(known))}."
            )
    return options


def _in_colour(images: Any, size: int | None) -> Any:
    """Return images of three channels, at the size that is wanted."""
    channels = images.shape[-1]
    if len(images.shape) != 4 or channels not in (1, _COLOURS):
        raise UserError(f"model=image_transfer takes images of 1 or 3 channels, got shape {tuple(images.shape[1:])}.")
    if size:
        images = layers.Resizing(size, size, name="image_size")(images)
    return images if channels == _COLOURS else layers.Concatenate(name="in_colour")([images] * _COLOURS)


def _scaled_for(build: Callable[..., Any], images: Any) -> Any:
    """Return images from 0 to 1 scaled as the backbone wants them, by the function that Keras has for it."""
    scale: Any = vars(inspect.getmodule(build))["preprocess_input"]
    return scale(ops.multiply(images, 255.0))


def _trunk(build: Callable[..., Any], weights: str, *, input_shape: Sequence[int], options: Mapping[str, Any]) -> Any:
    arguments = {**options, "include_top": False, "input_shape": tuple(input_shape)}
    try:
        if weights == "imagenet":
            return _downloaded(lambda: build(weights="imagenet", **arguments))
        trunk = build(weights=None, **arguments)
    except ValueError as error:
        raise UserError(f"model.backbone={build.__name__}: {_of_size(str(error))}") from error
    if weights != "random":
        load_weights_file(trunk, weights, key="model.weights")
    return trunk


def _keep_statistics(trunk: Any) -> None:
    """Freeze BatchNormalization, which then infers; ``trunk(x, training=False)`` is overridden in Keras 3 (#20285)."""
    for layer in trunk._flatten_layers():
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False


def _of_size(message: str) -> str:
    """Add the cure to what Keras says of images that are too small."""
    if found := re.search(r"at least (\d+)x\d+; Received: input_shape=\((\d+), (\d+)", message):
        return (
            f"images of {found[2]}x{found[3]} pixels are too small, it takes {found[1]}x{found[1]} and more. "
            f"Enlarge them: model.image_size={found[1]}."
        )
    return message


def _downloaded(build: Callable[[], Any]) -> Any:
    """Build with weights that Keras downloads, and say what to do where it cannot."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_TIMEOUT)  # Keras itself would wait for ever
    try:
        return build()
    except ValueError:
        raise
    except Exception as error:  # Keras raises no narrower one
        url = next(iter(re.findall(r"https?://\S+?(?=:? |$)", str(error))), "")
        file = url.rpartition("/")[2]
        raise UserError(
            f"the weights model.weights=imagenet are not on this machine and could not be downloaded ({error}). Put "
            f"{file or 'the file'} from {url or 'the same address'} into {_keras_models()}, "
            "or anywhere else and name it: model.weights=FILE. Without any: model.weights=random model.fine_tune=true."
        ) from error
    finally:
        socket.setdefaulttimeout(before)


def _keras_models() -> Path:
    return Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "models"
