"""The multi-layer perceptron."""

from collections.abc import Sequence

import keras

from experiments.models.blocks import hidden_layers, outputs_of, raw_input


def mlp(
    *,
    input_shape: Sequence[int],
    input_dtype: str,
    preprocessing: keras.Layer,
    units: Sequence[int] = (128,),
    activation: str = "relu",
    dropout: float = 0.2,
    l2: float = 0.0,
    outputs: int,
    output_activation: str = "softmax",
    name: str = "mlp",
) -> keras.Model:
    """Build Flatten, then Dense and Dropout for each entry of ``units``, then the output layer.

    Args:
        input_shape: of one raw example.
        input_dtype: of the raw examples, such as ``"uint8"``.
        preprocessing: layer that turns raw examples into numbers to learn from.
        units: width of each hidden layer.
        activation: of the hidden layers.
        dropout: share of hidden units dropped in training, in [0, 1).
        l2: strength of the penalty on the kernels.
        outputs: width of the output layer.
        output_activation: of the output layer.
        name: of the model.

    Returns:
        A model from ``(batch, *input_shape)`` to ``(batch, outputs)``, not compiled.

    Source: https://www.tensorflow.org/tutorials/quickstart/beginner, with ``units=[128]``.
    """
    inputs, hidden = raw_input(input_shape, input_dtype, preprocessing)
    hidden = hidden_layers(keras.layers.Flatten()(hidden), units, activation=activation, dropout=dropout, l2=l2)
    return keras.Model(inputs, outputs_of(hidden, outputs, output_activation, l2), name=name)
