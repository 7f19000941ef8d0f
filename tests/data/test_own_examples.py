import numpy as np
import pytest

from experiments.data.own_examples import WithChannel, own_examples
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
    arguments = {"kind": "image", "target": "classes", "names": ("y", "z"), "test_split": 0.25, "origin": "here"}
    return own_examples(train, test, **(arguments | changes))


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


@pytest.mark.parametrize(
    ("test", "fragment"),
    [
        ((INPUTS, LABELS[:5]), "12 examples and 5 labels in 'z'"),
        ((INPUTS, LABELS / 2), "'z' must be integers from 0 on"),
        ((INPUTS, np.ones((12, 2))), "'z' must have the shape (n,)"),
    ],
)
def test_labels_that_do_not_fit_are_refused(test, fragment):
    with pytest.raises(UserError) as refusal:
        made((INPUTS, LABELS), test)

    assert fragment in str(refusal.value)
