import keras
import numpy as np
import pytest

from experiments.data.labels import encode
from experiments.data.scikit_learn import digits
from experiments.models.mlp import mlp
from experiments.trainers.scoring import score
from experiments.types import Split

RAW = digits()


def digits_split(labels, *, count=None):
    return Split(
        inputs=RAW.test_inputs[:count], labels=encode(RAW.test_labels[:count], encoding=labels, num_classes=10)
    )


def trained(labels, *, l2=0.0, smoothing=0.0):
    """Return a model after a few steps: right about many of the digits and wrong about others."""
    keras.utils.set_random_seed(0)
    model = mlp(
        input_shape=[8, 8, 1],
        input_dtype="uint8",
        preprocessing=keras.layers.Rescaling(1 / 16),
        l2=l2,
        outputs=10,
    )
    if labels == "sparse":
        model.compile(
            "adam", "sparse_categorical_crossentropy", metrics=["accuracy", "sparse_top_k_categorical_accuracy"]
        )
    else:
        loss = keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)
        model.compile("adam", loss, metrics=["accuracy", "top_k_categorical_accuracy"])
    encoded = encode(RAW.train_labels[:500], encoding=labels, num_classes=10)
    model.fit(RAW.train_inputs[:500], encoded, verbose=0)
    return model


@pytest.fixture(scope="module")
def model():
    return trained("sparse")


@pytest.mark.parametrize(
    ("labels", "knobs"),
    [
        ("sparse", {}),
        ("sparse", {"l2": 0.01}),
        ("one_hot", {"l2": 0.01}),
        ("one_hot", {"smoothing": 0.1}),
    ],
)
def test_the_score_is_that_of_evaluate_and_predict(labels, knobs):
    model, split = trained(labels, **knobs), digits_split(labels)

    metrics, predictions = score(model, split)

    expected = model.evaluate(split.inputs, split.labels, verbose=0, return_dict=True)
    assert metrics == pytest.approx(expected, rel=1e-5)
    assert len(metrics) == 3
    assert 0.2 < metrics["accuracy"] < 0.99
    assert np.array_equal(predictions, model.predict(split.inputs, verbose=0))
    assert all(type(value) is float for value in metrics.values())


@pytest.mark.parametrize("count", [1, 33])
def test_few_examples(model, count):
    split = digits_split("sparse", count=count)

    metrics, predictions = score(model, split)

    assert predictions.shape == (count, 10)
    assert metrics["accuracy"] == pytest.approx((predictions.argmax(axis=1) == split.labels).mean())
    assert metrics["loss"] == pytest.approx(-np.log(predictions[range(count), split.labels]).mean(), rel=1e-4)


def test_scoring_starts_anew_and_changes_no_weights(model):
    split, before = digits_split("sparse"), model.get_weights()
    model.evaluate(RAW.train_inputs, RAW.train_labels, verbose=0)

    first, second = score(model, split)[0], score(model, split)[0]

    assert first == second
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_penalties_on_what_a_layer_puts_out_are_part_of_the_loss():
    inputs = keras.Input((8, 8, 1))
    hidden = keras.layers.Dense(8, activity_regularizer="l2")(keras.layers.Flatten()(inputs))
    model = keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(hidden))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    split = digits_split("sparse", count=64)
    model.fit(split.inputs / 16, split.labels, verbose=0)

    metrics, _ = score(model, split)

    assert metrics == pytest.approx(model.evaluate(split.inputs, split.labels, verbose=0, return_dict=True), rel=1e-5)
