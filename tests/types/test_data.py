import numpy as np
import pytest

from experiments.stored import StoredColumns, StoredInputs
from experiments.types import Split, columns_of, held, is_stored, take

ARRAY = np.arange(6).reshape(3, 2)


class Numbers:
    """A store of the rows of an array."""

    shape, dtype, nbytes = ARRAY.shape, ARRAY.dtype, ARRAY.nbytes

    def read(self, rows):
        return ARRAY[rows]


STORED = StoredInputs.all_of(Numbers())


@pytest.mark.parametrize("shape", [(0, 2), (5,), (3, 28, 28, 1)])
def test_a_split_is_as_long_as_its_examples_are_many(shape):
    assert len(Split(inputs=np.zeros(shape), labels=np.zeros(shape[0]))) == shape[0]


@pytest.mark.parametrize(
    ("inputs", "stored"),
    [
        (ARRAY, False),
        ({"a": ARRAY, "b": ARRAY}, False),
        (STORED, True),
        (StoredColumns({"a": Numbers(), "b": Numbers()}), True),
    ],
    ids=["array", "columns", "stored", "stored_columns"],
)
def test_examples_are_taken_and_held_alike_however_they_are_kept(inputs, stored):
    taken = take(inputs, [2, 0])

    assert (is_stored(inputs), is_stored(taken), is_stored(held(taken))) == (stored, stored, False)
    for name, column in columns_of(held(taken)).items():
        assert name in columns_of(inputs)
        np.testing.assert_array_equal(column, ARRAY[[2, 0]], strict=True)
