import sys

import numpy as np
import pytest

from experiments.data.generator import generator
from experiments.errors import UserError
from experiments.stored import StoredInputs

MODULE = """
import numpy as np

def images(count=30):
    for number in range(count):
        yield np.full((4, 4), number, np.uint8), number % 3

def few():
    return images(6)

def numbers():
    return (([n, 2.0 * n], n / 2) for n in range(20))

def nothing():
    yield from ()

def singles():
    yield np.zeros(3)

def growing():
    yield from ((np.zeros(size), 0) for size in (2, 3))

def retyped():
    yield from ((np.zeros(2, dtype), 0) for dtype in ("u1", "f4"))

def words():
    yield "text", 0

def vectors():
    yield np.zeros(2), [0, 1]

def empty():
    yield np.zeros((2, 0)), 0

def infinite():
    yield np.array([1.0, np.inf]), 0

def reversed_bytes():
    yield from ((np.full(2, number, ">f4"), np.int16(number % 2)) for number in range(9))

def fails():
    yield np.zeros(2), 0
    raise KeyError("lost")

CONSTANT = 3
"""


@pytest.fixture(autouse=True)
def module(tmp_path, monkeypatch):
    """A user's own module, importable for one test."""
    (tmp_path / "my_examples.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "my_examples", raising=False)
    yield
    sys.modules.pop("my_examples", None)


def load(tmp_path, train, test=None, **changes):
    arguments = {"folder": str(tmp_path / "data"), "target": "classes", "kind": "image"} | changes
    return generator(train=f"my_examples.{train}", test=test and f"my_examples.{test}", **arguments)


@pytest.mark.parametrize("in_memory", [True, False, "auto"])
def test_every_example_comes_once_with_its_label(tmp_path, in_memory):
    raw = load(tmp_path, "images", "few", in_memory=in_memory)

    assert isinstance(raw.train_inputs, StoredInputs) is (in_memory is False)
    expected = np.full((30, 4, 4, 1), np.arange(30)[:, None, None, None], np.uint8)
    np.testing.assert_array_equal(raw.train_inputs, expected, strict=True)
    np.testing.assert_array_equal(raw.test_inputs, expected[:6], strict=True)
    assert raw.train_labels.tolist() == [n % 3 for n in range(30)]
    assert (raw.class_names, raw.origin) == (["0", "1", "2"], "my_examples.images, my_examples.few")


def test_numbers_are_predicted_too_and_a_test_is_held_out(tmp_path):
    raw = load(tmp_path, "numbers", kind="table", target="number", in_memory=False)

    assert (raw.train_inputs.shape, raw.test_inputs.shape) == ((16, 2), (4, 2))
    np.testing.assert_array_equal(np.asarray(raw.train_inputs)[:, 0], 2 * raw.train_labels)


def test_examples_come_in_this_machines_order_of_bytes(tmp_path):
    raw = load(tmp_path, "reversed_bytes", "reversed_bytes", kind="table", in_memory=False)

    assert raw.train_inputs.dtype.str == "<f4"
    assert np.asarray(raw.train_inputs)[:, 0].tolist() == list(range(9))


@pytest.mark.parametrize(
    ("train", "fragment"),
    [
        (None, "data.train must be the dotted path of a function, such as my_module.examples, got None"),
        ("images", "must be the dotted path of a function, such as my_module.examples, got 'images'"),
        ("no_such_module.images", "the module 'no_such_module' cannot be imported (No module named"),
        ("my_examples.imges", "my_examples has no 'imges'. Did you mean 'images' or 'singles'?"),
        ("my_examples.CONSTANT", "must be a function that yields examples, got int"),
        ("my_examples.nothing", "my_examples.nothing yielded no example"),
        ("my_examples.singles", "must yield pairs of an example and its label, got ndarray"),
        ("my_examples.growing", "the first is (2,) float64, number 2 is (3,) float64"),
        ("my_examples.retyped", "the first is (2,) uint8, number 2 is (2,) float32"),
        ("my_examples.words", "examples must be arrays of numbers"),
        ("my_examples.vectors", "labels one number each; number 1 has an example of type float64 and a label"),
        ("my_examples.empty", "'my_examples.empty' must have the shape (n, …) without an empty axis, got (1, 2, 0)"),
        ("my_examples.infinite", "'my_examples.infinite' holds inf in row 0"),
        ("my_examples.fails", "my_examples.fails failed after 1 examples: KeyError: 'lost'"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path, train, fragment):
    with pytest.raises(UserError) as refusal:
        generator(train=train, folder=str(tmp_path), target="classes", kind="table")

    assert fragment in str(refusal.value)
