import keras
import numpy as np
import pytest

from experiments.trainers.pipeline.word_numbers import BehindVectorizer, vectorized_once
from experiments.types import Split

TEXTS = np.array(["a good film", "a bad film", "bad bad bad", "good"] * 3, dtype=object)
SPLIT = Split(inputs=TEXTS, labels=np.array([1, 0, 0, 1] * 3, dtype=np.int32))


def model(length=4, **compiled):
    keras.utils.set_random_seed(0)
    vectorizer = keras.layers.TextVectorization(max_tokens=8, output_sequence_length=length)
    vectorizer.adapt(TEXTS)
    inputs = keras.Input((), dtype="string")
    hidden = keras.layers.Embedding(8, 3)(vectorizer(inputs))
    hidden = keras.layers.GlobalAveragePooling1D()(hidden)
    built = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid", kernel_regularizer="l2")(hidden))
    built.compile("adam", "binary_crossentropy", metrics=["accuracy"], **compiled)
    return built


@pytest.mark.parametrize("length", [4, None])
def test_steps_behind_the_vectorizer_are_those_of_the_whole_model(length):
    whole, other = model(length, run_eagerly=True), model(length, run_eagerly=True)
    stepper, (split,) = vectorized_once(other, SPLIT)
    assert isinstance(stepper, BehindVectorizer)
    assert (split.inputs.dtype, split.inputs.shape) == (np.int32, (12, length or 3))

    for _ in range(3):
        wanted = whole.train_step((TEXTS, SPLIT.labels))
        got = stepper.train_step((split.inputs, split.labels))
    assert {name: float(value) for name, value in got.items()} == {name: float(value) for name, value in wanted.items()}
    for ours, theirs in zip(other.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)

    other.reset_metrics(), whole.reset_metrics()
    assert float(stepper.test_step((split.inputs, split.labels))["loss"]) == pytest.approx(
        whole.evaluate(TEXTS, SPLIT.labels, verbose=0)[0]
    )
    np.testing.assert_array_equal(other.predict(TEXTS, verbose=0), whole.predict(TEXTS, verbose=0))


@pytest.mark.parametrize("length", [4, None])
def test_an_empty_split_stays_empty(length):
    nothing = Split(inputs=TEXTS[:0], labels=SPLIT.labels[:0])

    assert len(vectorized_once(model(length), nothing)[1][0]) == 0


def test_any_other_model_and_its_examples_stay_as_they_are():
    plain = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    split = Split(inputs=np.zeros((2, 4)), labels=np.zeros(2))

    stepper, splits = vectorized_once(plain, split)

    assert stepper is plain
    assert splits == [split]
