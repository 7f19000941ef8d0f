from itertools import combinations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from experiments.data import synthetic


@pytest.mark.parametrize("source", [synthetic.images, synthetic.table, synthetic.numbers, synthetic.texts])
def test_the_same_seed_gives_the_same_data_and_another_seed_other_data(source):
    one, same, other = (source(examples=50, seed=seed) for seed in (1, 1, 2))

    np.testing.assert_array_equal(one.train_inputs, same.train_inputs)
    np.testing.assert_array_equal(one.test_labels, same.test_labels)
    assert not np.array_equal(one.train_inputs, other.train_inputs)
    assert (len(one.train_labels), len(one.test_labels)) == (40, 10)


@pytest.mark.parametrize("classes", [2, 5])
def test_pictures_are_grey_bytes_with_a_name_for_each_angle(classes):
    raw = synthetic.images(examples=40, size=8, classes=classes)

    assert raw.train_inputs.shape == (32, 8, 8, 1)
    assert raw.train_inputs.dtype == np.uint8
    assert set(raw.train_labels) == set(range(classes))
    assert len(raw.class_names) == classes


@pytest.mark.parametrize("classes", [2, 5])
def test_each_class_of_texts_has_words_of_its_own(classes):
    raw = synthetic.texts(examples=100, classes=classes, length=20, telling=1.0)

    words = [set(" ".join(raw.train_inputs[raw.train_labels == label]).split()) for label in range(classes)]
    assert all(first.isdisjoint(second) for first, second in combinations(words, 2))
    assert {len(text.split()) for text in raw.train_inputs} <= set(range(10, 21))
    assert raw.class_names[0] == "topic 1"


def test_there_is_something_to_learn():
    table, numbers = synthetic.table(examples=600), synthetic.numbers(examples=600)

    classifier = LogisticRegression(max_iter=500).fit(table.train_inputs, table.train_labels)
    assert classifier.score(table.test_inputs, table.test_labels) > 0.5, "a third would be chance"
    assert Ridge().fit(numbers.train_inputs, numbers.train_labels).score(numbers.test_inputs, numbers.test_labels) > 0.5
