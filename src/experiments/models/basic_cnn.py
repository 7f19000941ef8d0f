"""The network of the Functional API tutorial."""

from collections.abc import Sequence

import keras
from keras import layers

from experiments.models.blocks import outputs_of, penalty, raw_input


def basic_cnn(
    *,
    input_shape: Sequence[int],
    input_dtype: str,
    preprocessing: keras.Layer,
    filters: Sequence[int] = (32, 64),
    kernel_size: int = 3,
    units: int = 512,
    activation: str = "relu",
    dropout: float = 0.25,
    l2: float = 0.0,
    outputs: int,
    output_activation: str = "softmax",
    name: str = "basic_cnn",
) -> keras.Model:
    """Build two convolutions, max-pooling and Dropout for each of ``filters``, then Dense, Dropout and the output.

    Args:
        input_shape: height, width and channels of one raw image.
        input_dtype: of the raw images, such as ``"uint8"``.
        preprocessing: layer that turns raw images into numbers to learn from.
        filters: of both convolutions of each block.
        kernel_size: height and width of the convolutions, in pixels; they keep the image's size.
        units: width of the hidden dense layer.
        activation: of the hidden layers.
        dropout: share of units dropped after each block and after the dense layer in training, in [0, 1).
        l2: strength of the penalty on the kernels.
        outputs: width of the output layer.
        output_activation: of the output layer.
        name: of the model.

    Returns:
        A model from ``(batch, height, width, channels)`` to ``(batch, outputs)``, not compiled; 1,676,266 parameters
        for 28 x 28 x 1 images, the default widths and 10 outputs.
    """
    inputs, hidden = raw_input(input_shape, input_dtype, preprocessing)
    for count in filters:
        for _ in range(2):
            hidden = layers.Conv2D(
                count, kernel_size, padding="same", activation=activation, kernel_regularizer=penalty(l2)
            )(hidden)
        hidden = layers.MaxPooling2D(2)(hidden)
        hidden = layers.Dropout(dropout)(hidden)
    hidden = layers.Flatten()(hidden)
    hidden = layers.Dense(units, activation=activation, kernel_regularizer=penalty(l2))(hidden)
    hidden = layers.Dropout(dropout)(hidden)
    return keras.Model(inputs, outputs_of(hidden, outputs, output_activation, l2), name=name)
