import numpy as np
import pytest

from experiments.data.own_examples import Part, WithChannel, own_examples
from experiments.errors import UserError
from experiments.stored import StoredInputs

INPUTS = np.arange(12 * 4, dtype=np.uint8).reshape(12, 2, 2)
LABELS = np.array([0, 1, 2] * 4)


class Numbers:
    shape, dtype, nbytes = INPUTS.shape, INPUTS.dtype, INPUTS.nbytes

    def read(self, rows):
        return INPUTS[rows]


STORED = StoredInputs.all_of(Numbers())


def made(train, test=None, **changes):
    arguments = {"kind": "image", "target": "classes", "test_split": 0.25, "origin": "here"}
    parts = [
        pair and Part(name=names[0], inputs=pair[0], labels_name=names[1], labels=pair[1])
        for pair, names in ((train, "xy"), (test, "vw"))
    ]
    return own_examples(*parts, **(arguments | changes))


@pytest.mark.parametrize(("kind", "shape"), [("image", (2, 2, 1)), ("table", (2, 2))])
def test_held_and_stored_examples_are_divided_alike(kind, shape):
    held, stored = made((INPUTS, LABELS), kind=kind), made((STORED, LABELS), kind=kind)

    for name in ("train_inputs", "train_labels", "test_inputs", "test_labels"):
        np.testing.assert_array_equal(getattr(stored, name), getattr(held, name), strict=True)
    assert (held.train_inputs.shape, held.test_inputs.shape) == ((9, *shape), (3, *shape))
    assert isinstance(stored.train_inputs, StoredInputs)
    assert held.class_names == stored.class_names == ["0", "1", "2"]


def test_a_test_of_your_own_is_kept():
    raw = made((STORED, LABELS), (STORED[:3], LABELS[:3]))

    assert (raw.train_inputs.shape, raw.test_inputs.shape) == ((12, 2, 2, 1), (3, 2, 2, 1))
    assert WithChannel(store=Numbers()).dtype == np.uint8


@pytest.mark.parametrize("labels", [LABELS + 1, LABELS - 1, LABELS * 500_000_000_000])
def test_classes_are_not_named_by_numbers_that_leave_a_gap(labels):
    assert made((INPUTS, labels)).class_names == []


@pytest.mark.parametrize(
    ("test", "target", "fragment"),
    [
        ((INPUTS, LABELS[:5]), "classes", "12 examples and 5 labels in 'w'"),
        ((INPUTS, LABELS / 2), "classes", "'w' must be integers from 0 on"),
        ((INPUTS, LABELS > 0), "classes", "got bool. Convert them, w.astype(int)"),
        ((INPUTS, np.ones((12, 2))), "number", "'w' must have the shape (n,) with n from 1 on, got (12, 2)."),
        ((INPUTS, np.eye(3)[LABELS]), "classes", "got (12, 3). Of one-hot labels take numpy.argmax(labels, axis=1)."),
        ((INPUTS, np.where(LABELS > 1, np.nan, 1)), "number", "'w' holds nan in row 2"),
        ((INPUTS, LABELS.astype("M8[s]")), "number", "'w' must hold numbers of at most 64 bits, got datetime64[s]"),
        ((INPUTS[:, :1], LABELS), "classes", "'v' have the shape (1, 2, 1), those of 'x' (2, 2, 1)"),
        ((INPUTS / 255, LABELS), "classes", "'v' holds float64, 'x' uint8; a model takes one. Convert it to uint8"),
        ((INPUTS.astype(str), LABELS), "classes", "'v' must hold numbers of at most 64 bits, got <U3"),
    ],
)
def test_test_examples_and_labels_that_do_not_fit_are_refused(test, target, fragment):
    with pytest.raises(UserError) as refusal:
        made((INPUTS, LABELS), test, target=target)

    assert fragment in str(refusal.value)
