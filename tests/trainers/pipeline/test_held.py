import keras
import numpy as np
import pytest
import tensorflow as tf

from experiments.data.labels import encode
from experiments.data.scikit_learn import digits
from experiments.trainers.pipeline.held import over_tensors
from experiments.trainers.pipeline.order import rows_in_order, shuffled_rows
from experiments.types import Split

RAW = digits()


def digits_split(count, labels="sparse"):
    return Split(
        inputs=RAW.train_inputs[:count],
        labels=encode(RAW.train_labels[:count], encoding=labels, num_classes=10),
    )


def perceptron(*, labels="sparse", optimizer="sgd", l2=0.0, dropout=0.0):
    """Return a compiled model; two of them with the same arguments have the same weights."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1), dtype="uint8"),
            keras.layers.Rescaling(1 / 16),
            keras.layers.Flatten(),
            keras.layers.Dense(12, "relu", kernel_regularizer=keras.regularizers.L2(l2)),
            keras.layers.Dropout(dropout),
            keras.layers.Dense(10, "softmax"),
        ]
    )
    prefix = "sparse_" if labels == "sparse" else ""
    model.compile(optimizer, f"{prefix}categorical_crossentropy", metrics=["accuracy"])
    return model


def floats(metrics):
    return {name: float(value) for name, value in metrics.items()}


@pytest.mark.parametrize(
    ("knobs", "count", "batch_size", "rows_per_call"),
    [
        ({}, 64, 16, 64),  # batches that come out even
        ({}, 83, 16, 83),  # a last batch of three
        ({"optimizer": "adam"}, 83, 16, 32),  # three calls, the last one short
        ({"optimizer": "rmsprop", "l2": 0.01}, 33, 8, 8),  # one batch a call, the last one of one example
        ({"labels": "one_hot"}, 10, 16, 16),  # fewer examples than a batch
        ({"dropout": 0.5}, 64, 16, 32),  # a new mask in each step
    ],
)
def test_a_fused_epoch_learns_what_a_loop_over_batches_learns(knobs, count, batch_size, rows_per_call):
    split = digits_split(count, knobs.get("labels", "sparse"))
    calls = list(shuffled_rows(count, rows_per_call=rows_per_call, seed=7).take(-(-count // rows_per_call)))

    fast = perceptron(**knobs)
    train = over_tensors(fast, fast.train_step, split, batch_size=batch_size)
    iterator = iter(calls)
    metrics = [train(iterator) for _ in calls][-1]

    plain = perceptron(**knobs)
    for rows in (call.numpy() for call in calls):
        for batch in np.split(rows, range(batch_size, len(rows), batch_size)):
            expected = plain.train_step((split.inputs[batch], split.labels[batch]))

    assert floats(metrics) == pytest.approx(floats(expected), rel=1e-4)
    for weights, others in zip(fast.get_weights(), plain.get_weights(), strict=True):
        assert weights == pytest.approx(others, rel=1e-3, abs=1e-5)
    assert int(fast.optimizer.iterations) == int(plain.optimizer.iterations) == -(-count // batch_size)


@pytest.mark.parametrize(("count", "batch_size"), [(12, 4), (13, 4), (3, 4), (5, 1)])
def test_the_step_sees_each_row_once_in_order_and_in_batches(count, batch_size):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    split = Split(inputs=np.arange(count), labels=np.arange(count) * 10)
    steps = tf.Variable(0)
    seen = tf.Variable(tf.fill((count, 3), -1))  # for each example: its label, its step, its place in the batch

    def look(batch):
        inputs, labels = batch
        places = tf.range(tf.size(inputs))
        step = tf.fill(tf.shape(places), steps)
        seen.scatter_nd_update(inputs[:, None], tf.stack([tf.cast(labels, tf.int32), step, places], axis=1))
        steps.assign_add(1)

    order = np.random.default_rng(1).permutation(count).astype(np.int32)
    over_tensors(model, look, split, batch_size=batch_size)(iter([tf.constant(order)]))

    expected = np.empty((count, 3), dtype=int)
    for place, row in enumerate(order):
        expected[row] = [row * 10, place // batch_size, place % batch_size]
    assert np.array_equal(seen, expected)
    assert int(steps) == -(-count // batch_size)


@pytest.mark.parametrize(
    ("knobs", "batch_size"),
    [({}, 1000), ({}, 50), ({"l2": 0.1}, 64), ({"labels": "one_hot", "l2": 0.1}, 64), ({"dropout": 0.5}, 7)],
)
def test_fused_validation_is_what_evaluate_says(knobs, batch_size):
    model, split = perceptron(**knobs), digits_split(150, knobs.get("labels", "sparse"))

    metrics = over_tensors(model, model.test_step, split, batch_size=batch_size)(iter(rows_in_order(150)))

    assert floats(metrics) == pytest.approx(
        model.evaluate(split.inputs, split.labels, verbose=0, return_dict=True), rel=1e-5
    )


WORDS = np.array(["a", "bé", ""], dtype=object)
NUMBERS = np.uint8([[1, 2], [3, 4], [5, 6]])


@pytest.mark.parametrize("inputs", [NUMBERS, WORDS, {"numbers": NUMBERS, "words": WORDS}])
def test_examples_are_taken_by_row_in_their_own_structure(inputs):
    seen, unmeasured = [], keras.Sequential([keras.layers.Dense(1)])
    unmeasured.compile("sgd", "mse")
    split = Split(inputs=inputs, labels=np.arange(3))
    tf.config.run_functions_eagerly(True)
    try:
        over_tensors(unmeasured, seen.append, split, batch_size=3)(iter([tf.constant([2, 0, 0])]))
    finally:
        tf.config.run_functions_eagerly(False)

    ((taken, labels),) = seen
    assert labels.numpy().tolist() == [2, 0, 0]
    pairs = [(taken[name], inputs[name]) for name in inputs] if isinstance(inputs, dict) else [(taken, inputs)]
    for tensor, array in pairs:
        expected = [text.encode() for text in array[[2, 0, 0]]] if array is WORDS else array[[2, 0, 0]]
        np.testing.assert_array_equal(tensor.numpy(), expected)
