import numpy as np
import pytest

from experiments.data.usable import Finite, check_alike, check_numbers, finite
from experiments.errors import UserError
from experiments.stored import StoredInputs

NUMBERS = np.arange(24, dtype=np.float32).reshape(8, 3)


class Rows:
    def __init__(self, array):
        self.array, self.shape, self.dtype, self.nbytes = array, array.shape, array.dtype, array.nbytes

    def read(self, rows):
        return self.array[rows]


@pytest.mark.parametrize("dtype", ["bool", "u1", "i8", "f2", "f8"])
def test_numbers_are_accepted(dtype):
    assert check_numbers("x", NUMBERS.astype(dtype)) is check_numbers("x", NUMBERS[:, 0].astype(dtype)) is None


@pytest.mark.parametrize(
    ("array", "fragment"),
    [
        (np.array(1), "'x' must have the shape (n, …) without an empty axis, got ()"),
        (NUMBERS[:0], "got (0, 3)"),
        (np.zeros((60, 0, 6)), "got (60, 0, 6)"),
        (NUMBERS.astype("c8"), "'x' must hold numbers of at most 64 bits, got complex64"),
        (NUMBERS.astype("M8[s]"), "got datetime64[s]"),
        (NUMBERS.astype("S"), "got |S"),
        (NUMBERS.astype("U1"), "got <U1. Convert it: classes are named in data.class_names"),
        (NUMBERS.astype(np.longdouble), "got float128"),
        (np.zeros(3, [("a", "f4")]), "got [('a', '<f4')]"),
    ],
)
def test_what_is_no_array_of_numbers_is_refused(array, fragment):
    with pytest.raises(UserError) as refusal:
        check_numbers("x", array)

    assert fragment in str(refusal.value)


@pytest.mark.parametrize(("train", "test"), [("f4", "f8"), ("i4", "i8"), ("i8", "u1"), ("u1", "u1")])
def test_test_examples_of_another_width_will_do(train, test):
    assert check_alike("x_test", NUMBERS.astype(test), like=NUMBERS.astype(train), like_name="x_train") is None


@pytest.mark.parametrize(
    ("test", "fragment"),
    [
        (NUMBERS[:, :2], "examples of 'x_test' have the shape (2,), those of 'x_train' (3,)"),
        (NUMBERS.astype(int), "'x_test' holds int64, 'x_train' float32"),
    ],
)
def test_test_examples_unlike_the_training_examples_are_refused(test, fragment):
    check_alike("x_test", NUMBERS[:2], like=NUMBERS, like_name="x_train")

    with pytest.raises(UserError) as refusal:
        check_alike("x_test", test, like=NUMBERS, like_name="x_train")

    assert fragment in str(refusal.value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_held_value_that_is_not_finite_is_named_with_its_row(monkeypatch, value):
    monkeypatch.setattr("experiments.data.usable._AT_ONCE", 6)  # two rows
    broken = NUMBERS.copy()
    broken[5, 1] = value

    assert finite("x", NUMBERS) is NUMBERS
    with pytest.raises(UserError, match=f"'x' holds {value} in row 5"):
        finite("x", broken)


def test_a_stored_value_that_is_not_finite_is_named_when_it_is_read():
    broken = NUMBERS.copy()
    broken[5, 1] = np.nan
    stored = finite("x", StoredInputs.all_of(Rows(broken))[::-1])

    np.testing.assert_array_equal(np.asarray(stored[:2]), broken[[7, 6]])
    assert Finite(store=Rows(broken), name="x").nbytes == broken.nbytes
    with pytest.raises(UserError, match="'x' holds nan in row 5"):
        np.asarray(stored)


def test_whole_numbers_need_no_check():
    whole = NUMBERS.astype(int)
    stored = StoredInputs.all_of(Rows(whole))

    assert finite("x", whole) is whole
    assert finite("x", stored) is stored
