import dataclasses

import numpy as np
import pytest

from experiments.data.division import Division
from experiments.data.splits import make_splits
from experiments.errors import UserError
from experiments.stored import StoredInputs
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
        "division": Division(size=0.2),
        "limit": None,
    }
    return make_splits(raw or raw_data(), **(arguments | changes))


def rows(splits: Splits) -> dict[str, list[int]]:
    return {role: getattr(splits, role).inputs[:, 0].astype(int).tolist() for role in ("train", "validation", "test")}


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
def test_a_limit_keeps_the_first_examples_and_those_of_the_test_at_even_distances(limit, sizes):
    limited, whole = divide(limit=limit), divide()

    assert [len(split) for split in (limited.train, limited.validation, limited.test)] == sizes
    there, kept = rows(whole), rows(limited)
    spread = [there["test"][place * 30 // sizes[2]] for place in range(sizes[2])]  # they may lie class by class
    assert kept == {"train": there["train"][:limit], "validation": there["validation"][:limit], "test": spread}


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
        (lambda: divide(division=Division(size=0.2, seed=1)), {"train", "validation"}),
        (lambda: divide(division=Division(size=0.21)), {"train", "validation"}),
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


def test_numbers_to_predict_stay_numbers_and_need_no_names():
    raw = dataclasses.replace(raw_data(), train_labels=np.arange(100) / 8, test_labels=np.arange(30) / 8)

    splits = divide(
        raw, target="number", unit="mpg", labels="number", class_names=(), division=Division(size=9, by="last")
    )

    assert (splits.target, splits.unit, splits.class_names) == ("number", "mpg", ())
    assert splits.validation.labels.tolist() == [row / 8 for row in range(91, 100)]
    assert splits.test.labels.dtype == np.float32


def test_the_sources_own_class_names_are_taken_where_the_config_has_none():
    raw = dataclasses.replace(raw_data(), class_names=("x", "y", "z"))

    assert divide(raw, class_names=()).class_names == ("x", "y", "z")
    assert divide(raw).class_names == ("a", "b", "c"), "the config's win"
    assert divide(raw, class_names=["x", "y", "z"]).class_names == ("x", "y", "z")


def test_the_sources_own_class_names_in_another_order_are_refused():
    raw = dataclasses.replace(raw_data(), class_names=("x", "y", "z"))

    with pytest.raises(UserError, match=r"\[y,x,z\] would name the classes of data=numbers wrongly, .* \[x,y,z\]"):
        divide(raw, class_names=["y", "x", "z"])


@pytest.mark.parametrize(("role", "label"), [("train", 3), ("test", 7), ("train", -1)])
def test_a_label_without_a_name_is_refused(role, label):
    name = f"{role}_labels"
    labels = getattr(raw_data(), name).astype(int)
    labels[4] = label

    with pytest.raises(UserError) as refusal:
        divide(dataclasses.replace(raw_data(), **{name: labels}))

    role = {"train": "training", "test": "test"}[role]
    assert f"the label {label} among its {role} examples, but only 3 class names: a, b, c" in str(refusal.value)


@pytest.mark.parametrize(
    ("labels", "fragment"),
    [
        (np.full(100, 2), "all training examples of data=numbers have the label 2; at least two classes are needed"),
        (np.arange(100) % 3 + 1, "has the labels 1, 2, 3 among its training examples; labels are to count from 0"),
        (np.arange(100) * 2, "has the labels 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, … among"),
    ],
)
def test_labels_of_which_no_names_can_be_found_are_refused(labels, fragment):
    raw = dataclasses.replace(raw_data(), train_labels=labels)

    with pytest.raises(UserError) as refusal:
        divide(raw, class_names=())

    assert fragment in str(refusal.value)


def test_a_class_without_an_example_may_be_there_if_the_config_names_it():
    raw = dataclasses.replace(raw_data(), train_labels=np.arange(100) % 2 * 2)

    assert divide(raw, class_names=["a", "none of it", "c"]).class_names == ("a", "none of it", "c")


def columns(**changes: object) -> Splits:
    raw = raw_data()
    words = np.array([f"w{row}" for row in range(100)], dtype=object)
    inputs = {"number": raw.train_inputs[:, 0], "word": words} | changes
    test_inputs = {name: column[:30] for name, column in inputs.items()}
    return divide(dataclasses.replace(raw, train_inputs=inputs, test_inputs=test_inputs))


def test_named_columns_are_divided_together():
    splits = columns()

    for split in (splits.train, splits.validation):
        assert [f"w{int(number)}" for number in split.inputs["number"]] == split.inputs["word"].tolist()
        assert split.labels.tolist() == (split.inputs["number"] % 3).astype(int).tolist()
    assert len(splits.validation) == 20


@pytest.mark.parametrize(
    "changes",
    [
        {"word": np.array([f"v{row}" for row in range(100)], dtype=object)},
        {"word": np.array(["", *(f"w{row}" for row in range(1, 100))], dtype=object)},
        {"number": np.arange(100, 200, dtype=np.float32)},
        {"another": np.zeros(100, np.float32)},
    ],
)
def test_the_fingerprint_of_named_columns_changes_with_any_of_them(changes):
    assert columns().fingerprint == columns().fingerprint
    assert columns(**changes).fingerprint != columns().fingerprint


class Stored:
    """A store of the rows of an array."""

    def __init__(self, array):
        self.array, self.shape, self.dtype, self.nbytes = array, array.shape, array.dtype, array.nbytes

    def read(self, rows):
        return self.array[rows]


@pytest.mark.parametrize("limit", [None, 7])
def test_stored_examples_are_divided_and_fingerprinted_as_held_ones_are(monkeypatch, limit):
    monkeypatch.setattr("experiments.stored._CHUNK", 5 * 8)  # five examples
    held = raw_data()
    stored = dataclasses.replace(
        held,
        train_inputs=StoredInputs.all_of(Stored(held.train_inputs)),
        test_inputs=StoredInputs.all_of(Stored(held.test_inputs)),
    )

    as_arrays, as_views = divide(held, limit=limit), divide(stored, limit=limit)

    assert isinstance(as_views.train.inputs, StoredInputs)
    assert (as_views.fingerprint, as_views.digests) == (as_arrays.fingerprint, as_arrays.digests)
    for role in ("train", "validation", "test"):
        np.testing.assert_array_equal(getattr(as_views, role).inputs, getattr(as_arrays, role).inputs, strict=True)
        np.testing.assert_array_equal(getattr(as_views, role).labels, getattr(as_arrays, role).labels)
