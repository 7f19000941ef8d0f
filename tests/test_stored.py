import threading

import numpy as np
import pytest

from experiments import stored
from experiments.stored import StoredColumns, StoredInputs, read_ahead
from experiments.types import held, take

NUMBERS = np.arange(60, dtype=np.float32).reshape(20, 3)


class Numbers:
    """A store that notes how many rows were read at a time."""

    shape, dtype, nbytes = NUMBERS.shape, NUMBERS.dtype, NUMBERS.nbytes

    def __init__(self):
        self.read_rows = []

    def read(self, rows):
        self.read_rows.append(len(rows))
        return NUMBERS[rows]


RECORDS = np.array([(n, n / 2) for n in range(5)], dtype=[("a", np.int64), ("b", np.float32)])


class Rows:
    """A store of rows of two fields."""

    shape, dtype, nbytes = RECORDS.shape, RECORDS.dtype, RECORDS.nbytes

    def __init__(self):
        self.reads = 0

    def read(self, rows):
        self.reads += 1
        return RECORDS[rows]


@pytest.mark.parametrize(
    "rows", [slice(None), slice(3, 9), slice(None, None, -2), np.array([5, 0, 5]), [1, 2], np.array([], dtype=int)]
)
def test_a_view_holds_what_the_same_rows_of_an_array_hold_and_reads_nothing_before(rows):
    store = Numbers()

    view = take(take(StoredInputs.all_of(store), slice(None, None, -1)), rows)
    expected = NUMBERS[::-1][rows]
    assert (view.shape, len(view), view.dtype, view.nbytes) == (
        expected.shape,
        len(expected),
        np.float32,
        expected.nbytes,
    )
    assert not store.read_rows

    np.testing.assert_array_equal(held(view), expected, strict=True)
    if len(expected):
        np.testing.assert_array_equal(view.read(np.array([-1, 0])), expected[[-1, 0]])


def test_columns_that_lie_side_by_side_are_read_together_and_share_their_row_numbers():
    store = Rows()
    columns = take(StoredColumns(numbers=store, texts={}, names=["a", "b"]), slice(None, None, -1))
    taken = take(columns, [0, 2])

    read = taken.read(np.array([1, 0]))
    assert (store.reads, list(taken), len(taken)) == (1, ["a", "b"], 2)
    assert taken["a"].rows is taken["b"].rows
    for name, column in held(taken).items():
        np.testing.assert_array_equal(column, RECORDS[::-1][[0, 2]][name], strict=True)
        np.testing.assert_array_equal(read[name], column[::-1], strict=True)
        assert taken[name].dtype == column.dtype
        assert taken[name].nbytes == column.nbytes


@pytest.mark.parametrize(("chunk", "sizes"), [(1, [1] * 20), (7 * 12, [7, 7, 6]), (10**6, [20])])
def test_chunks_are_of_some_bytes_and_come_in_order(monkeypatch, chunk, sizes):
    monkeypatch.setattr(stored, "_CHUNK", chunk)
    store = Numbers()

    chunks = list(StoredInputs.all_of(store).chunks())

    assert [len(part) for part in chunks] == sizes
    assert sorted(store.read_rows) == sorted(sizes)
    np.testing.assert_array_equal(np.concatenate(chunks), NUMBERS)


@pytest.mark.parametrize("count", [0, 1, 100])
def test_reading_ahead_keeps_the_order_and_stays_a_few_items_ahead(count):
    begun = []

    def double(item):
        begun.append(item)
        return 2 * item

    for number, result in enumerate(read_ahead(double, range(count))):
        assert result == 2 * number
        assert len(begun) <= number + 1 + 2 * stored.THREADS
    assert sorted(begun) == list(range(count))


def test_several_threads_read(monkeypatch):
    monkeypatch.setattr(stored, "THREADS", 2)
    both_are_there = threading.Barrier(2, timeout=10)

    assert list(read_ahead(lambda item: both_are_there.wait() >= 0, range(4))) == [True] * 4


def test_what_fails_in_a_thread_is_raised():
    with pytest.raises(ZeroDivisionError):
        list(read_ahead(lambda item: 1 // item, [1, 0, 1]))
