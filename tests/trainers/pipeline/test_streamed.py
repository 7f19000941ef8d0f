import threading
import time

import numpy as np
import pytest
import tensorflow as tf

from experiments.stored import StoredInputs
from experiments.trainers.pipeline import streamed
from experiments.trainers.pipeline.order import rows_in_order, shuffled_rows
from experiments.trainers.pipeline.streamed import batches_in_order, read_batches

NUMBERS = np.arange(20, dtype=np.uint8).reshape(10, 2)
LABELS = np.arange(10)


class Numbers:
    """A store whose first reads take longest, and which notes how many were made."""

    shape, dtype, nbytes = NUMBERS.shape, NUMBERS.dtype, NUMBERS.nbytes

    def __init__(self):
        self.reads, self.lock = 0, threading.Lock()

    def read(self, rows):
        with self.lock:
            self.reads += 1
        time.sleep(0.02 if rows[0] < 4 else 0)
        return NUMBERS[rows]


@pytest.mark.parametrize(
    ("calls", "batch_size", "sizes", "lasts"),
    [
        ([range(10)], 4, [4, 4, 2], [False, False, True]),
        ([range(8), range(8, 10)], 4, [4, 4, 2], [False, True, True]),
        ([[9, 0, 9]], 1, [1, 1, 1], [False, False, True]),
    ],
)
def test_batches_come_in_order_each_call_cut_by_itself(monkeypatch, calls, batch_size, sizes, lasts):
    monkeypatch.setattr(streamed, "THREADS", 4)
    rows = tf.data.Dataset.from_generator(lambda: map(list, calls), output_signature=tf.TensorSpec((None,), tf.int32))

    batches = list(
        read_batches(StoredInputs.all_of(Numbers()), LABELS, rows, batch_size=batch_size).as_numpy_iterator()
    )

    order = [row for call in calls for row in call]
    assert [len(inputs) for inputs, _, _ in batches] == sizes
    assert [bool(is_last) for _, _, is_last in batches] == lasts
    np.testing.assert_array_equal(np.concatenate([inputs for inputs, _, _ in batches]), NUMBERS[order], strict=True)
    np.testing.assert_array_equal(np.concatenate([labels for _, labels, _ in batches]), LABELS[order])


def test_the_view_decides_which_example_a_row_is():
    inputs = StoredInputs.all_of(Numbers())[::-1]

    ((batch, _, _),) = read_batches(inputs, LABELS, rows_in_order(10), batch_size=10)
    (whole,) = batches_in_order(inputs, batch_size=10)

    np.testing.assert_array_equal(batch, NUMBERS[::-1])
    np.testing.assert_array_equal(whole, NUMBERS[::-1])


def test_an_endless_data_set_is_read_a_little_ahead_only(monkeypatch):
    monkeypatch.setattr(streamed, "THREADS", 2)
    store = Numbers()
    rows = shuffled_rows(10, rows_per_call=4, seed=0)
    batches = iter(read_batches(StoredInputs.all_of(store), LABELS, rows, batch_size=2))

    next(batches)
    time.sleep(0.3)

    assert 1 <= store.reads <= 1 + 2 * 2 + 1


@pytest.mark.parametrize(("budget", "at_once"), [(1, 1), (2 * 8 * 2, 1), (3 * 2 * 8 * 2, 3), (10**9, 4)])
def test_large_batches_are_read_fewer_at_a_time(monkeypatch, budget, at_once):
    monkeypatch.setattr(streamed, "THREADS", 4)
    monkeypatch.setattr(streamed, "_READ_AHEAD", budget)

    assert streamed._batches_at_once(StoredInputs.all_of(Numbers()), batch_size=8) == at_once
