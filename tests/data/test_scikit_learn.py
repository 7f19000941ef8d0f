import numpy as np
import pytest

from experiments.data.scikit_learn import digits, wine

SOURCES = pytest.mark.parametrize(
    ("source", "examples", "shape", "dtype", "classes"),
    [(digits, 1797, (8, 8, 1), np.uint8, 10), (wine, 178, (13,), np.float32, 3)],
)


@SOURCES
def test_the_whole_data_set_is_delivered_with_a_fifth_held_out(source, examples, shape, dtype, classes):
    data = source()

    assert data.train_inputs.shape[1:] == data.test_inputs.shape[1:] == shape
    assert data.train_inputs.dtype == data.test_inputs.dtype == dtype
    assert len(data.train_inputs) == len(data.train_labels)
    assert len(data.test_inputs) == len(data.test_labels) == np.ceil(examples * 0.2)
    assert len(data.train_labels) + len(data.test_labels) == examples
    assert set(data.train_labels) == set(data.test_labels) == set(range(classes))
    assert source.__name__ in data.origin


@SOURCES
@pytest.mark.parametrize("test_split", [0.1, 0.25, 0.5])
def test_every_class_gives_its_share_to_the_test(source, examples, shape, dtype, classes, test_split):
    data = source(test_split=test_split)

    tested = np.bincount(data.test_labels)
    everything = tested + np.bincount(data.train_labels)
    assert abs(len(data.test_labels) - examples * test_split) <= 1
    assert (abs(tested - everything * test_split) <= 1).all()


@SOURCES
def test_the_test_examples_are_always_the_same_ones(source, examples, shape, dtype, classes):
    np.random.seed(1)  # whatever the caller's random state
    first = source()
    np.random.seed(2)
    second = source()

    np.testing.assert_array_equal(first.test_inputs, second.test_inputs)
    np.testing.assert_array_equal(first.test_labels, second.test_labels)
    np.testing.assert_array_equal(first.train_inputs, second.train_inputs)


@SOURCES
def test_every_example_has_one_role_and_its_own_label(source, examples, shape, dtype, classes):
    from sklearn.datasets import load_digits, load_wine

    original = load_digits() if source is digits else load_wine()
    rows = original.data.astype(dtype).reshape(examples, -1)
    data = source()

    delivered = np.concatenate([data.train_inputs, data.test_inputs]).reshape(examples, -1)
    labels = np.concatenate([data.train_labels, data.test_labels])
    assert sorted((*map(float, row), int(label)) for row, label in zip(delivered, labels, strict=True)) == sorted(
        (*map(float, row), int(label)) for row, label in zip(rows, original.target, strict=True)
    )


def test_the_values_are_the_raw_ones():
    assert digits().train_inputs.max() == 16
    assert wine().train_inputs[:, 12].max() == 1680.0  # proline, the largest of the measurements
