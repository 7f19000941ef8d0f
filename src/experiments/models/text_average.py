"""The average of word vectors that are learnt with the task: TensorFlow's text classification with IMDB."""

from collections.abc import Sequence

import keras
from keras import layers

from experiments.models.blocks import hidden_layers, outputs_of, raw_input
from experiments.models.text_blocks import mean_of_words, vocabulary_rows


def text_average(
    *,
    input_shape: Sequence[int],
    input_dtype: str,
    preprocessing: keras.layers.TextVectorization,
    embedding_dim: int = 16,
    skip_padding: bool = False,
    units: Sequence[int] = (16,),
    activation: str = "relu",
    dropout: float = 0.0,
    l2: float = 0.0,
    outputs: int,
    output_activation: str = "softmax",
    name: str = "text_average",
) -> keras.Model:
    """Build Embedding and the average over a text's words, then Dense and Dropout for each of ``units``, the output.

    Args:
        input_shape: of one raw text, ``()``.
        input_dtype: of the raw texts, ``"string"``.
        preprocessing: a ``TextVectorization`` that has adapted; its ``max_tokens`` are the rows of the embedding.
        embedding_dim: length of a word's vector.
        skip_padding: leave the padding out of the average. The tutorial leaves it in, which is the default.
        units: width of each hidden layer.
        activation: of the hidden layers.
        dropout: share of hidden units dropped in training, in [0, 1).
        l2: strength of the penalty on the kernels of the dense layers.
        outputs: width of the output layer.
        output_activation: of the output layer.
        name: of the model.

    Returns:
        A model from texts, shape ``(batch,)``, to ``(batch, outputs)``, not compiled; 160,289 parameters for 10,000
        words, the default widths and one output.

    Source: https://www.tensorflow.org/tutorials/keras/text_classification.
    """
    inputs, words = raw_input(input_shape, input_dtype, preprocessing)
    embedded = layers.Embedding(vocabulary_rows(preprocessing), embedding_dim, name="embedding")(words)
    hidden = mean_of_words(embedded, words) if skip_padding else layers.GlobalAveragePooling1D()(embedded)
    hidden = hidden_layers(hidden, units, activation=activation, dropout=dropout, l2=l2)
    return keras.Model(inputs, outputs_of(hidden, outputs, output_activation, l2), name=name)
