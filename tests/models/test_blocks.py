import keras
import numpy as np
import pytest

from experiments.data.scikit_learn import digits
from experiments.models.basic_cnn import basic_cnn
from experiments.models.blocks import penalty
from experiments.models.cnn import cnn
from experiments.models.mlp import mlp

IMAGES = digits().test_inputs[:32]  # uint8, shape (32, 8, 8, 1), grey values 0-16

for_every_network = pytest.mark.parametrize("build", [mlp, cnn, basic_cnn])


def on_digits(build, *, input_dtype="uint8", scale=1 / 16, **knobs):
    keras.utils.set_random_seed(0)
    preprocessing = keras.layers.Rescaling(scale)
    return build(input_shape=[8, 8, 1], input_dtype=input_dtype, preprocessing=preprocessing, outputs=10, **knobs)


@for_every_network
def test_raw_images_become_probabilities(build):
    model = on_digits(build)

    probabilities = model.predict(IMAGES, verbose=0)

    assert keras.backend.standardize_dtype(model.inputs[0].dtype) == "uint8"
    assert probabilities.shape == (32, 10)
    assert probabilities.dtype == np.float32
    assert (probabilities >= 0).all()
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert len(np.unique(probabilities, axis=0)) == 32  # every image has its own


@for_every_network
def test_preprocessing_is_part_of_the_network(build):
    raw, scaled = on_digits(build), on_digits(build, input_dtype="float32", scale=1)
    scaled.set_weights(raw.get_weights())

    expected = scaled.predict(IMAGES.astype(np.float32) / 16, verbose=0)

    assert raw.predict(IMAGES, verbose=0) == pytest.approx(expected, abs=1e-6)


@for_every_network
@pytest.mark.parametrize("l2", [0.0, 0.001, 0.1])
def test_the_penalty_is_l2_times_the_squares_of_all_kernels(build, l2):
    model = on_digits(build, l2=l2)
    kernels = [variable.numpy() for variable in model.trainable_variables if variable.name == "kernel"]

    assert len(kernels) == len([layer for layer in model.layers if layer.weights])
    assert len(model.losses) == (len(kernels) if l2 else 0)
    assert float(sum(model.losses)) == pytest.approx(l2 * sum((kernel**2).sum() for kernel in kernels), rel=1e-5)


@for_every_network
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_dropout_is_active_in_training_only(build, dropout):
    model = on_digits(build, dropout=dropout)
    first, second = (np.asarray(model(IMAGES, training=True)) for _ in range(2))
    calm = np.asarray(model(IMAGES, training=False))

    assert np.array_equal(calm, model(IMAGES, training=False))
    assert np.array_equal(first, second) is (dropout == 0)
    assert np.allclose(first, calm) is (dropout == 0)


@for_every_network
def test_a_saved_network_predicts_the_same(build, tmp_path):
    model = on_digits(build, l2=0.01)
    model.save(tmp_path / "model.keras")

    loaded = keras.models.load_model(tmp_path / "model.keras")

    assert loaded.name == build.__name__
    assert np.array_equal(loaded.predict(IMAGES, verbose=0), model.predict(IMAGES, verbose=0))


@for_every_network
def test_a_linear_output_gives_the_logits_of_the_probabilities(build):
    probabilities, logits = on_digits(build), on_digits(build, output_activation="linear")
    logits.set_weights(probabilities.get_weights())

    expected = keras.ops.softmax(logits.predict(IMAGES, verbose=0))

    assert probabilities.predict(IMAGES, verbose=0) == pytest.approx(np.asarray(expected), abs=1e-6)


@for_every_network
def test_outputs_are_exact_in_mixed_precision(build):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        probabilities = on_digits(build).predict(IMAGES, verbose=0)
    finally:
        keras.config.set_dtype_policy(before)

    assert probabilities.dtype == np.float32
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)  # bfloat16 is off by up to 1e-2


@pytest.mark.parametrize(("l2", "expected"), [(0.5, 6.0), (0.01, 0.12)])
def test_penalty_of_twelve_ones(l2, expected):
    assert float(penalty(l2)(np.ones((3, 4), dtype=np.float32))) == pytest.approx(expected)


def test_no_strength_is_no_penalty():
    assert penalty(0.0) is None
