import numpy as np
import pytest

from experiments.stored import Stored, StoredColumns, StoredInputs
from experiments.types import Split, chunks_of, columns_of, held, take

ARRAY = np.arange(6).reshape(3, 2)


RECORDS = np.array([(1, 10), (2, 20), (3, 30)], dtype=[("a", np.int64), ("b", np.int64)])
COLUMNS = {name: RECORDS[name] for name in "ab"}


class Rows:
    """A store of the rows of an array."""

    def __init__(self, array):
        self.array, self.shape, self.dtype, self.nbytes = array, array.shape, array.dtype, array.nbytes

    def read(self, rows):
        return self.array[rows]


STORED_COLUMNS = StoredColumns(numbers=Rows(RECORDS), texts={}, names=["a", "b"])


@pytest.mark.parametrize("shape", [(0, 2), (5,), (3, 28, 28, 1)])
def test_a_split_is_as_long_as_its_examples_are_many(shape):
    assert len(Split(inputs=np.zeros(shape), labels=np.zeros(shape[0]))) == shape[0]


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [(ARRAY, ARRAY), (COLUMNS, COLUMNS), (StoredInputs.all_of(Rows(ARRAY)), ARRAY), (STORED_COLUMNS, COLUMNS)],
    ids=["array", "columns", "stored", "stored_columns"],
)
def test_examples_are_taken_held_and_gone_through_alike_however_they_are_kept(inputs, expected):
    taken = take(inputs, [2, 0])
    (chunk,) = chunks_of(taken)

    assert type(taken) is type(inputs)
    for found in (held(taken), held(chunk)):
        assert not isinstance(found, Stored)
        assert columns_of(found).keys() == columns_of(expected).keys()
        for name, column in columns_of(found).items():
            np.testing.assert_array_equal(column, columns_of(expected)[name][[2, 0]], strict=True)
