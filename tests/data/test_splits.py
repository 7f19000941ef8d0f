import dataclasses

import numpy as np
import pytest

from experiments.data.splits import make_splits, stratified_rows
from experiments.errors import UserError
from experiments.types import RawData, Splits

RANDOM = np.random.default_rng(0)
COUNTS = (700, 200, 90, 10)  # classes of very different sizes
LABELS = RANDOM.permutation(np.repeat(np.arange(4), COUNTS))


def raw_data(examples: int = 100, tests: int = 30) -> RawData:
    """Examples whose first value is their row number; the test's begin at 1000."""
    inputs = np.zeros((examples + tests, 2), np.float32)
    inputs[:, 0] = [*range(examples), *range(1000, 1000 + tests)]
    labels = (inputs[:, 0] % 3).astype(np.uint8)
    return RawData(
        train_inputs=inputs[:examples],
        train_labels=labels[:examples],
        test_inputs=inputs[examples:],
        test_labels=labels[examples:],
        origin="here",
    )


def divide(raw: RawData | None = None, **changes: object) -> Splits:
    arguments = {
        "name": "numbers",
        "kind": "table",
        "class_names": ["a", "b", "c"],
        "labels": "sparse",
        "validation_split": 0.2,
        "split_seed": 0,
        "limit": None,
    }
    return make_splits(raw or raw_data(), **(arguments | changes))


def rows(splits: Splits) -> dict[str, list[int]]:
    return {role: getattr(splits, role).inputs[:, 0].astype(int).tolist() for role in ("train", "validation", "test")}


@pytest.mark.parametrize("share", [0.001, 0.1, 0.25, 1 / 3, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_stratified_share_is_exact_disjoint_and_complete(share, seed):
    first, second = stratified_rows(LABELS, share=share, seed=seed)

    assert len(second) == round(1000 * share)
    assert sorted([*first, *second]) == list(range(1000))
    taken = np.bincount(LABELS[second], minlength=4)
    assert (abs(taken - np.array(COUNTS) * share) <= 1).all(), "every class gives its share"


@pytest.mark.parametrize("part", [0, 1])
def test_the_same_seed_gives_the_same_rows_and_another_seed_others(part):
    one, same, other = (stratified_rows(LABELS, share=0.2, seed=seed)[part] for seed in (5, 5, 6))

    assert one.tolist() == same.tolist()
    assert one.tolist() != other.tolist()
    assert set(one) != set(other), "other rows, not only another order"


def test_both_parts_come_in_random_order():
    for part in stratified_rows(np.sort(LABELS), share=0.3, seed=0):
        assert 0.3 < np.mean(np.diff(part) > 0) < 0.7
        half = np.sort(LABELS)[part[: len(part) // 2]]
        assert (np.bincount(half, minlength=4)[:3] > 0).all(), "the classes are mixed"


def test_validation_comes_out_of_the_training_examples_and_the_test_stays_apart():
    splits = divide()

    assert [len(split) for split in (splits.train, splits.validation, splits.test)] == [80, 20, 30]
    roles = rows(splits)
    assert sorted(roles["train"] + roles["validation"]) == list(range(100))
    assert roles["test"] == list(range(1000, 1030))
    assert (splits.name, splits.kind, splits.class_names, splits.origin) == (
        "numbers",
        "table",
        ("a", "b", "c"),
        "here",
    )


@pytest.mark.parametrize("labels", ["sparse", "one_hot"])
@pytest.mark.parametrize("limit", [None, 7])
def test_every_example_keeps_its_own_label(labels, limit):
    splits = divide(labels=labels, limit=limit)

    for split in (splits.train, splits.validation, splits.test):
        found = split.labels if labels == "sparse" else split.labels.argmax(axis=1)
        assert found.tolist() == (split.inputs[:, 0] % 3).astype(int).tolist()
        assert split.labels.shape == ((len(split),) if labels == "sparse" else (len(split), 3))


@pytest.mark.parametrize(
    ("limit", "sizes"), [(None, [80, 20, 30]), (1, [1, 1, 1]), (25, [25, 20, 25]), (1000, [80, 20, 30])]
)
def test_a_limit_keeps_the_first_examples_of_every_split(limit, sizes):
    limited, whole = divide(limit=limit), divide()

    assert [len(split) for split in (limited.train, limited.validation, limited.test)] == sizes
    assert rows(limited) == {role: numbers[:limit] for role, numbers in rows(whole).items()}


def test_the_same_split_has_the_same_fingerprint():
    assert divide().fingerprint == divide(raw_data()).fingerprint
    assert divide().digests == divide(name="another", class_names=("x", "y", "z")).digests
    assert all(len(digest) == 64 for digest in (divide().fingerprint, *divide().digests.values()))


def one_byte(name: str) -> RawData:
    """Return the data with one value of one array changed, in the row that is used first."""
    array = getattr(raw_data(), name).copy()
    row = rows(divide())["train"][0] if name.startswith("train") else 0
    array[row] += 1
    return dataclasses.replace(raw_data(), **{name: array})


@pytest.mark.parametrize(
    ("changed", "roles"),
    [
        (lambda: divide(one_byte("train_inputs")), {"train"}),
        (lambda: divide(one_byte("test_inputs")), {"test"}),
        (lambda: divide(one_byte("test_labels")), {"test"}),
        (lambda: divide(split_seed=1), {"train", "validation"}),
        (lambda: divide(validation_split=0.21), {"train", "validation"}),
        (lambda: divide(limit=20), {"train", "test"}),
        (lambda: divide(labels="one_hot"), {"train", "validation", "test"}),
        (lambda: divide(dataclasses.replace(raw_data(), test_inputs=raw_data().test_inputs[:, :1])), {"test"}),
        (lambda: divide(dataclasses.replace(raw_data(), test_inputs=raw_data().test_inputs[:, ::-1])), {"test"}),
    ],
)
def test_the_fingerprint_and_the_digests_of_the_roles_concerned_change_with_the_data(changed, roles):
    before, after = divide(), changed()

    assert after.fingerprint != before.fingerprint
    assert {role for role in before.digests if before.digests[role] != after.digests[role]} == roles


@pytest.mark.parametrize(
    "inputs",
    [
        raw_data().test_inputs.reshape(30, 2, 1),
        raw_data().test_inputs.reshape(30, 1, 2),
        raw_data().test_inputs.view(np.int32),
        raw_data().test_inputs.astype(np.float64),
    ],
    ids=["shape", "other shape", "type of the same bytes", "wider type"],
)
def test_equal_bytes_of_another_shape_or_type_have_another_fingerprint(inputs):
    assert divide(dataclasses.replace(raw_data(), test_inputs=inputs)).fingerprint != divide().fingerprint


def test_the_same_examples_in_other_roles_have_another_fingerprint():
    validation = divide(raw_data(tests=20)).validation
    raw = dataclasses.replace(raw_data(tests=20), test_labels=validation.labels)
    with_test_inputs = raw.train_inputs.copy()
    with_test_inputs[validation.inputs[:, 0].astype(int)] = raw.test_inputs

    splits = divide(raw)
    exchanged = divide(dataclasses.replace(raw, train_inputs=with_test_inputs, test_inputs=validation.inputs))

    assert exchanged.digests == {
        "train": splits.digests["train"],
        "validation": splits.digests["test"],
        "test": splits.digests["validation"],
    }
    assert exchanged.fingerprint != splits.fingerprint


def test_the_layout_in_memory_does_not_matter():
    column_major = np.asfortranarray(raw_data().test_inputs)

    assert divide(dataclasses.replace(raw_data(), test_inputs=column_major)).fingerprint == divide().fingerprint


@pytest.mark.parametrize(
    ("examples", "share", "empty"),
    [(100, 0.001, "validation"), (100, 0.999, "training"), (1, 0.2, "validation"), (1, 0.9, "training")],
)
def test_a_share_that_leaves_a_split_empty_is_refused_with_the_numbers(examples, share, empty):
    with pytest.raises(UserError) as refusal:
        divide(raw_data(examples=examples), validation_split=share)

    assert f"data.validation_split={share} leaves the {empty} split empty: {examples} examples" in str(refusal.value)
