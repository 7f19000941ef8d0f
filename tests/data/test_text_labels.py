import numpy as np
import pytest

from experiments.data.text_labels import divided, numbered, texts_of
from experiments.errors import UserError


@pytest.mark.parametrize("texts", [[], ["one"], ["one", "two words"], ["equal", "sizes"]])
def test_texts_are_an_object_array_of_one_axis(texts):
    array = texts_of(texts)

    assert (array.dtype, array.shape, array.tolist()) == (np.dtype(object), (len(texts),), texts)


@pytest.mark.parametrize(
    ("labels", "names"),
    [(["b", "a", "b", "a"], ("a", "b")), (["10", "9", "9", "10"], ("9", "10")), (["x", "1", "x", "1"], ("1", "x"))],
)
def test_class_names_are_sorted_and_numbers_sort_as_numbers(labels, names):
    numbers, found = numbered(labels, origin="file")

    assert found == names
    assert [names[number] for number in numbers] == labels


@pytest.mark.parametrize(
    ("labels", "fragment"),
    [
        ([], "file holds no texts"),
        (["a", "a"], r"two classes of two texts each, got 'a' \(2\)"),
        (["a", "a", "b"], r"'b' \(1\), 'a' \(2\)"),
    ],
)
def test_too_few_examples_are_refused(labels, fragment):
    with pytest.raises(UserError, match=fragment):
        numbered(labels, origin="file")


def test_a_given_division_is_kept():
    raw = divided(texts_of("abcdef"), list("xyxyxy"), [False, False, False, False, True, True], origin="file")

    assert (raw.train_inputs.tolist(), raw.train_labels.tolist()) == (list("abcd"), [0, 1, 0, 1])
    assert (raw.test_inputs.tolist(), raw.test_labels.tolist()) == (list("ef"), [0, 1])
    assert raw.class_names == ("x", "y")


@pytest.mark.parametrize(
    ("is_test", "fragment"),
    [([True] * 4, "no training texts"), ([False] * 4, "no test texts"), ([False, True, True, True], "fewer than two")],
)
def test_a_division_with_nothing_to_learn_from_or_judge_by_is_refused(is_test, fragment):
    with pytest.raises(UserError, match=fragment):
        divided(texts_of("abcd"), list("xyxy"), is_test, origin="file")
