import keras
import numpy as np

from experiments.models.text_blocks import mean_of_words, vocabulary_rows


def test_the_rows_are_the_most_words_there_may_be_or_else_those_there_are():
    few, many = keras.layers.TextVectorization(max_tokens=9), keras.layers.TextVectorization()
    for layer in (few, many):
        layer.adapt(["one two two"])

    assert (vocabulary_rows(few), vocabulary_rows(many)) == (9, 4)


def test_padding_does_not_count_and_a_text_without_words_gives_zeros():
    embedded = np.float32([[[1, 2], [3, 4], [9, 9]], [[9, 9], [9, 9], [9, 9]]])

    means = mean_of_words(embedded, np.int32([[5, 1, 0], [0, 0, 0]]))

    np.testing.assert_allclose(means, [[2, 3], [0, 0]])
