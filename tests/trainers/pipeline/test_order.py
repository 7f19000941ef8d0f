import numpy as np
import pytest

from experiments.trainers.pipeline.order import rows_in_order, shuffled_rows


@pytest.mark.parametrize(
    ("count", "rows_per_call", "sizes"),
    [(10, 4, [4, 4, 2]), (12, 4, [4, 4, 4]), (3, 4, [3]), (1, 1, [1]), (1000, 999, [999, 1])],
)
def test_an_epoch_has_every_row_once(count, rows_per_call, sizes):
    calls = iter(shuffled_rows(count, rows_per_call=rows_per_call, seed=0))

    for _ in range(3):
        epoch = [next(calls).numpy() for _ in sizes]
        assert [len(rows) for rows in epoch] == sizes
        assert sorted(np.concatenate(epoch)) == list(range(count))


def test_each_epoch_has_a_new_order():
    epochs = np.array([rows.numpy() for rows in shuffled_rows(100, rows_per_call=100, seed=0).take(4)])

    assert len(np.unique(epochs, axis=0)) == 4
    assert not any(np.array_equal(epoch, np.arange(100)) for epoch in epochs)


@pytest.mark.parametrize(("seeds", "same"), [((3, 3), True), ((3, 4), False)])
def test_the_seed_decides_the_orders(seeds, same):
    first, second = (
        [rows.numpy() for rows in shuffled_rows(50, rows_per_call=20, seed=seed).take(6)] for seed in seeds
    )

    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True)) is same


def test_validation_is_one_call_over_all_rows_in_order():
    calls = [rows.numpy() for rows in rows_in_order(7)]

    assert np.array_equal(calls, [[0, 1, 2, 3, 4, 5, 6]])
