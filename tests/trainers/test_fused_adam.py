import keras
import numpy as np
import pytest

from experiments.trainers.fused_adam import fused_adam

INPUTS = np.random.default_rng(0).normal(size=(64, 5)).astype("float32")
LABELS = INPUTS.sum(axis=1, keepdims=True)


def trained(optimizer, fused):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(7, activation="relu"), keras.layers.Dense(1)])
    model.compile(optimizer, "mse")
    optimizer.build(model.trainable_variables)
    if fused:
        with fused_adam(optimizer):
            model.fit(INPUTS, LABELS, epochs=5, batch_size=8, verbose=0, shuffle=False)
    else:
        model.fit(INPUTS, LABELS, epochs=5, batch_size=8, verbose=0, shuffle=False)
    return model.get_weights() + [variable.numpy() for variable in optimizer.variables]


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda: keras.optimizers.Adam(0.01),
        lambda: keras.optimizers.Adam(0.01, beta_1=0.5, beta_2=0.9, epsilon=1e-3, clipnorm=0.5),
        lambda: keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.01, 10, 0.5)),
        lambda: keras.optimizers.Adam(0.01, amsgrad=True),
        lambda: keras.optimizers.Adam(0.01, gradient_accumulation_steps=2),
        lambda: keras.optimizers.Adam(0.01, use_ema=True, weight_decay=0.01),
        lambda: keras.optimizers.AdamW(0.01),
        lambda: keras.optimizers.SGD(0.01),
    ],
)
def test_the_weights_and_moments_are_those_of_keras(optimizer):
    for ours, keras_own in zip(trained(optimizer(), fused=True), trained(optimizer(), fused=False), strict=True):
        np.testing.assert_allclose(ours, keras_own, rtol=1e-3, atol=1e-5)


def test_only_adam_itself_is_changed_and_only_inside_the_block():
    adam, adamw = keras.optimizers.Adam(), keras.optimizers.AdamW()

    with fused_adam(adam), fused_adam(adamw):
        assert "update_step" in vars(adam)
        assert "update_step" not in vars(adamw)

    assert "update_step" not in vars(adam)
