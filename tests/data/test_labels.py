import numpy as np
import pytest

from experiments.data.labels import encode


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("sparse", np.int32([2, 0, 1, 2])),
        ("number", np.float32([2, 0, 1, 2])),
        ("one_hot", np.float32([[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]])),
    ],
)
def test_labels_take_the_form_that_the_loss_expects(dtype, encoding, expected):
    encoded = encode(np.array([2, 0, 1, 2], dtype), encoding=encoding, num_classes=4)

    np.testing.assert_array_equal(encoded, expected, strict=True)


@pytest.mark.parametrize(("encoding", "shape"), [("sparse", (0,)), ("one_hot", (0, 3))])
def test_no_labels_keep_their_shape(encoding, shape):
    assert encode(np.array([], np.uint8), encoding=encoding, num_classes=3).shape == shape


def test_the_original_labels_stay_as_they_were():
    labels = np.array([1, 0], np.int32)

    encode(labels, encoding="sparse", num_classes=2)[0] = 7

    assert labels.tolist() == [1, 0]
