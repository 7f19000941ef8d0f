"""Texts as vectors that were learnt elsewhere: TensorFlow's text classification with TF Hub."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from experiments.errors import UserError
from experiments.layers.saved_model_embedding import SavedModelEmbedding
from experiments.models.blocks import hidden_layers, outputs_of, raw_input
from experiments.models.text_blocks import mean_of_words
from experiments.models.word_vectors import WordVectors, load_word_vectors

_SPECIAL = 2  # rows before the words: padding and unknown words, whose vectors are zeros


def text_transfer(
    *,
    input_shape: Sequence[int],
    input_dtype: str,
    preprocessing: keras.layers.TextVectorization,
    vectors: str | None,
    max_words: int = 50_000,
    fine_tune: bool = False,
    units: Sequence[int] = (16,),
    activation: str = "relu",
    dropout: float = 0.0,
    l2: float = 0.0,
    outputs: int,
    output_activation: str = "softmax",
    name: str = "text_transfer",
) -> keras.Model:
    """Build pre-trained vectors of texts, then Dense and Dropout for each entry of ``units``, then the output.

    A SavedModel, such as TF Hub's text embeddings, gives a vector for each text and cuts it into words in its own way.
    Of word vectors, the average over a text's words is taken. The vocabulary is that of the vectors: words of the test
    texts count even where no training text has them. Words without a vector count as zeros.

    Args:
        input_shape: of one raw text, ``()``.
        input_dtype: of the raw texts, ``"string"``.
        preprocessing: a ``TextVectorization``; how it cuts texts into words is kept, its vocabulary is not. A
            SavedModel does without it.
        vectors: file of the word vectors, see `load_word_vectors`; or folder of a SavedModel.
        max_words: how many word vectors are used, the first and commonest of the file. Default 50,000.
        fine_tune: let the vectors learn with the task. By default they stay as they are.
        units: width of each hidden layer.
        activation: of the hidden layers.
        dropout: share of hidden units dropped in training, in [0, 1).
        l2: strength of the penalty on the kernels of the dense layers.
        outputs: width of the output layer.
        output_activation: of the output layer.
        name: of the model.

    Returns:
        A model from texts, shape ``(batch,)``, to ``(batch, outputs)``, not compiled; it holds the vectors itself and
        needs the file or folder no more.

    Raises:
        UserError: the file or folder is missing or holds something else, or has nothing that could be fine-tuned.

    Source: https://www.tensorflow.org/tutorials/keras/text_classification_with_hub.
    """
    folder = Path(vectors or "").expanduser()
    if vectors and folder.is_dir():
        inputs = keras.Input(tuple(input_shape), dtype=input_dtype, name="inputs")
        hidden = _vectors_of_texts(inputs, folder, fine_tune=fine_tune)
    else:
        known = load_word_vectors(vectors, max_words=max_words)
        inputs, words = raw_input(input_shape, input_dtype, _with_vocabulary(preprocessing, known.words))
        hidden = mean_of_words(_vectors_of_words(words, known, fine_tune=fine_tune), words)
    hidden = hidden_layers(hidden, units, activation=activation, dropout=dropout, l2=l2)
    return keras.Model(inputs, outputs_of(hidden, outputs, output_activation, l2), name=name)


def _vectors_of_texts(texts: Any, folder: Path, *, fine_tune: bool) -> Any:
    embedding = SavedModelEmbedding(folder, trainable=fine_tune, name="embedding")
    if fine_tune and not embedding.trainable_weights:
        raise UserError(
            f"model.fine_tune=true, but none of the variables of the SavedModel {folder} can be trained. Choose "
            "model.fine_tune=false."
        )
    return embedding(texts)


def _vectors_of_words(words: Any, known: WordVectors, *, fine_tune: bool) -> Any:
    dim = known.vectors.shape[1]
    embedding = layers.Embedding(len(known.words) + _SPECIAL, dim, trainable=fine_tune, name="embedding")
    embedded = embedding(words)
    embedding.set_weights([np.concatenate([np.zeros((_SPECIAL, dim), np.float32), known.vectors])])
    return embedded


def _with_vocabulary(
    vectorizer: keras.layers.TextVectorization, words: Sequence[str]
) -> keras.layers.TextVectorization:
    """Return a vectorizer that cuts texts in the same way, and knows these words."""
    config = {**vectorizer.get_config(), "max_tokens": None, "vocabulary_size": None}
    same = type(vectorizer).from_config(config)
    same.set_vocabulary(words)
    return same
