"""The small convolutional network."""

from collections.abc import Sequence

import keras
from keras import layers

from experiments.errors import LayersDoNotFit
from experiments.models.blocks import outputs_of, penalty, raw_input


def cnn(
    *,
    input_shape: Sequence[int],
    input_dtype: str,
    preprocessing: keras.Layer,
    filters: Sequence[int] = (32, 64),
    kernel_size: int = 3,
    units: Sequence[int] = (128,),
    activation: str = "relu",
    dropout: float = 0.3,
    l2: float = 0.0,
    outputs: int,
    output_activation: str = "softmax",
    name: str = "cnn",
) -> keras.Model:
    """Build convolution and max-pooling for each entry of ``filters``, then Dropout and Dense for each of ``units``.

    Args:
        input_shape: height, width and channels of one raw image.
        input_dtype: of the raw images, such as ``"uint8"``.
        preprocessing: layer that turns raw images into numbers to learn from.
        filters: of each convolution.
        kernel_size: height and width of each convolution, in pixels.
        units: width of each hidden dense layer.
        activation: of the hidden layers.
        dropout: share of units dropped before each dense layer in training, in [0, 1).
        l2: strength of the penalty on the kernels.
        outputs: width of the output layer.
        output_activation: of the output layer.
        name: of the model.

    Returns:
        A model from ``(batch, height, width, channels)`` to ``(batch, outputs)``, not compiled.

    Raises:
        UserError: the images are too small for so many convolutions.
    """
    _check_size(min(input_shape[:2]), kernel_size, filters)
    inputs, hidden = raw_input(input_shape, input_dtype, preprocessing)
    for count in filters:
        hidden = layers.Conv2D(count, kernel_size, activation=activation, kernel_regularizer=penalty(l2))(hidden)
        hidden = layers.MaxPooling2D(2, padding="same")(hidden)
    hidden = layers.Flatten()(hidden)
    for width in units:
        hidden = layers.Dropout(dropout)(hidden)
        hidden = layers.Dense(width, activation=activation, kernel_regularizer=penalty(l2))(hidden)
    hidden = layers.Dropout(dropout)(hidden)
    return keras.Model(inputs, outputs_of(hidden, outputs, output_activation, l2), name=name)


def _check_size(size: int, kernel_size: int, filters: Sequence[int]) -> None:
    left = size
    for number in range(len(filters)):
        if left < kernel_size:
            fewer = f"at most {number} filters, or a smaller model.kernel_size"
            cure = f"Give {fewer}" if number else f"Choose model.kernel_size={left} at most"
            raise LayersDoNotFit(
                f"images of {size} pixels are too small for model.filters={list(filters)}: convolution {number + 1} "
                f"finds {left} pixels left for a kernel of {kernel_size}. {cure}."
            )
        left = -(-(left - kernel_size + 1) // 2)
