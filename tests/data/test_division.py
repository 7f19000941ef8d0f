import numpy as np
import pytest

from experiments.data.division import Division
from experiments.errors import UserError

COUNTS = (700, 200, 90, 10)  # classes of very different sizes
LABELS = np.random.default_rng(0).permutation(np.repeat(np.arange(4), COUNTS))


@pytest.mark.parametrize("share", [0.001, 0.1, 0.25, 1 / 3, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_stratified_share_is_exact_disjoint_and_complete(share, seed):
    first, second = Division(size=share, seed=seed).rows(LABELS)

    assert len(second) == round(1000 * share)
    assert sorted([*first, *second]) == list(range(1000))
    taken = np.bincount(LABELS[second], minlength=4)
    assert (abs(taken - np.array(COUNTS) * share) <= 1).all(), "every class gives its share"


@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize("by", ["stratified", "random"])
def test_the_same_seed_gives_the_same_rows_and_another_seed_others(part, by):
    one, same, other = (Division(size=0.2, by=by, seed=seed).rows(LABELS)[part] for seed in (5, 5, 6))

    assert one.tolist() == same.tolist()
    assert one.tolist() != other.tolist()
    assert set(one) != set(other), "other rows, not only another order"


def test_both_parts_come_in_random_order():
    for part in Division(size=0.3).rows(np.sort(LABELS)):
        assert 0.3 < np.mean(np.diff(part) > 0) < 0.7
        half = np.sort(LABELS)[part[: len(part) // 2]]
        assert (np.bincount(half, minlength=4)[:3] > 0).all(), "the classes are mixed"


@pytest.mark.parametrize(
    ("by", "size", "validation"),
    [("first", 0.2, range(200)), ("last", 0.2, range(800, 1000)), ("first", 3, range(3)), ("last", 1, [999])],
)
def test_the_order_of_the_file_is_kept_where_that_is_asked(by, size, validation):
    train, kept_out = Division(size=size, by=by).rows(LABELS)

    assert kept_out.tolist() == list(validation)
    assert train.tolist() == [row for row in range(1000) if row not in set(validation)]


@pytest.mark.parametrize("by", ["stratified", "random", "first", "last"])
@pytest.mark.parametrize(("size", "count"), [(0.1, 100), (1, 1), (250, 250), (0, 0)])
def test_a_size_is_a_share_or_a_number_of_examples(by, size, count):
    train, validation = Division(size=size, by=by).rows(LABELS)

    assert len(validation) == count
    assert sorted([*train, *validation]) == list(range(1000))


@pytest.mark.parametrize("by", ["stratified", "random", "first", "last"])
@pytest.mark.parametrize("folds", [2, 3, 7])
def test_folds_cover_every_example_once_and_are_of_one_size(by, folds):
    parts = [Division(size=0.5, by=by, folds=folds, fold=fold).rows(LABELS) for fold in range(folds)]

    assert sorted(np.concatenate([validation for _, validation in parts])) == list(range(1000))
    assert {len(validation) - 1000 // folds for _, validation in parts} <= {0, 1}
    for train, validation in parts:
        assert sorted([*train, *validation]) == list(range(1000))
    if by == "stratified":
        taken = np.array([np.bincount(LABELS[validation], minlength=4) for _, validation in parts])
        assert (np.ptp(taken, axis=0) <= 1).all(), "every fold has its share of every class"


@pytest.mark.parametrize(
    ("examples", "size", "empty"),
    [
        (100, 0.001, "validation"),
        (100, 0.999, "training"),
        (1, 0.2, "validation"),
        (5, 5, "training"),
        (5, 9, "training"),
    ],
)
def test_a_size_that_leaves_a_split_empty_is_refused_with_the_numbers(examples, size, empty):
    with pytest.raises(UserError) as refusal:
        Division(size=size).rows(np.zeros(examples, int))

    assert f"data.validation_split={size} leaves the {empty} split empty: {examples} examples" in str(refusal.value)


def test_more_folds_than_examples_are_refused():
    with pytest.raises(UserError, match=r"data\.folds=5 leaves the validation split empty: 3 examples"):
        Division(size=0.5, folds=5, fold=4).rows(np.zeros(3, int))
