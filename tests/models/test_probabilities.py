import keras
import numpy as np
import pytest

from experiments.models.probabilities import with_probabilities


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_the_weights_are_shared_and_only_the_activation_is_added(activation):
    inputs = keras.Input((4,), name="inputs")
    model = keras.Model(inputs, keras.layers.Dense(3)(inputs), name="small")
    examples = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)

    finished = with_probabilities(model, activation)
    model.layers[-1].set_weights([np.ones((4, 3), np.float32), np.float32([0, 1, 2])])  # trained on, meanwhile

    expected = keras.activations.get(activation)(model(examples))
    np.testing.assert_allclose(finished(examples), expected, rtol=1e-6)
    assert (finished.name, finished.count_params()) == ("small", model.count_params())
