import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from experiments.errors import LayersDoNotFit, UserError
from experiments.models.functional import as_functional, call_once
from experiments.models.probabilities import with_probabilities

IMAGES = np.random.default_rng(0).integers(0, 17, (4, 8, 8, 1)).astype("uint8")


class OfLayers(keras.Model):
    def __init__(self):
        super().__init__(name="mine")
        self.flatten, self.drop, self.last = keras.layers.Flatten(), keras.layers.Dropout(0.5), keras.layers.Dense(3)

    def call(self, images, training=None):
        return self.last(self.drop(self.flatten(keras.ops.cast(images, "float32") / 16), training=training))


class OfTensors(keras.Model):
    def __init__(self):
        super().__init__(name="mine")
        self.last = keras.layers.Dense(3)

    def call(self, images):
        return self.last(tf.reshape(tf.cast(images, tf.float32), (-1, 64)))


class OfKernels(keras.Model):
    def __init__(self):
        super().__init__(name="mine")
        self.convolution = keras.layers.Conv2D(2, 9)

    def call(self, images):
        return self.convolution(images)


@pytest.mark.parametrize(("made", "followed"), [(OfLayers, True), (OfTensors, False)])
def test_a_subclassed_model_becomes_a_graph_of_its_layers_where_that_can_be(made, followed, said):
    model = made()
    call_once(model, input_shape=(8, 8, 1), input_dtype="uint8")

    kept = as_functional(model)

    assert (kept is not model) is followed
    assert kept.name == "mine"
    assert ("has to be imported" in said()) is not followed
    assert all(ours is theirs for ours, theirs in zip(kept.weights, model.weights, strict=True))
    np.testing.assert_allclose(kept.predict(IMAGES, verbose=0), model.predict(IMAGES, verbose=0), rtol=1e-5)
    probabilities = with_probabilities(kept, "softmax").predict(IMAGES, verbose=0)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize(
    ("shape", "kind", "line"),
    [
        ((8, 8), UserError, "model: OfKernels does not fit examples of shape (8, 8): "),
        ((8, 8, 1), LayersDoNotFit, "model: OfKernels does not fit examples of shape (8, 8, 1): Computed output size"),
    ],
)
def test_a_model_that_cannot_take_the_examples_is_refused_in_one_line(shape, kind, line, recwarn):
    with pytest.raises(UserError) as error:
        call_once(OfKernels(), input_shape=shape, input_dtype="uint8")

    assert type(error.value) is kind
    assert str(error.value).startswith(line)
    assert not re.search(r"[\n\x1b]", str(error.value))
    assert not recwarn.list


def test_a_functional_or_sequential_model_stays_what_it_is():
    inputs = keras.Input((8,))
    for model in (
        keras.Model(inputs, keras.layers.Dense(1)(inputs)),
        keras.Sequential([inputs, keras.layers.Dense(1)]),
    ):
        call_once(model, input_shape=(99,), input_dtype="uint8")

        assert as_functional(model) is model
