import numpy as np
import pytest
import tensorflow as tf

from experiments.trainers.tensors import gathered, tensors

WORDS = np.array(["a", "bé", ""], dtype=object)
NUMBERS = np.uint8([[1, 2], [3, 4], [5, 6]])


@pytest.mark.parametrize("inputs", [NUMBERS, WORDS, {"numbers": NUMBERS, "words": WORDS}])
def test_examples_are_taken_by_row_in_their_own_structure(inputs):
    taken = gathered(tensors(inputs), tf.constant([2, 0, 0]))

    pairs = [(taken[name], inputs[name]) for name in inputs] if isinstance(inputs, dict) else [(taken, inputs)]
    for tensor, array in pairs:
        expected = [text.encode() for text in array[[2, 0, 0]]] if array is WORDS else array[[2, 0, 0]]
        np.testing.assert_array_equal(tensor.numpy(), expected)
