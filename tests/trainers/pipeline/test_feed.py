import keras
import numpy as np
import pytest
import tensorflow as tf

from experiments.stored import StoredInputs
from experiments.trainers.gradient_tape import GradientTape
from experiments.trainers.keras_fit import KerasFit
from experiments.trainers.pipeline.feed import adapted_to, labelled, training_feed, validation_feed, whole
from experiments.types import Split, Splits

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.integers(0, 256, (90, 6, 6, 1), dtype=np.uint8)
LABELS = RANDOM.integers(0, 3, 90).astype(np.int32)


class Images:
    shape, dtype, nbytes = IMAGES.shape, IMAGES.dtype, IMAGES.nbytes

    def read(self, rows):
        return IMAGES[rows]


STORED = StoredInputs.all_of(Images())
WAYS = pytest.mark.parametrize("inputs", [IMAGES, STORED], ids=["held", "stored"])


def splits(inputs):
    def part(rows):
        return Split(inputs=inputs[rows], labels=LABELS[rows])

    facts = {"name": "", "kind": "image", "target": "classes", "class_names": ("a", "b", "c"), "unit": "", "origin": ""}
    train, rest = part(np.arange(70)), part(slice(70, None))
    return Splits(train=train, validation=rest, test=rest, digests={}, fingerprint="", **facts)


def model():
    layers = [
        keras.Input((6, 6, 1), dtype="uint8"),
        keras.layers.Rescaling(1 / 255),
        keras.layers.Conv2D(4, 3, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(3, "softmax"),
    ]
    built = keras.Sequential(layers)
    built.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return built


def flips():
    return keras.Sequential([keras.layers.RandomFlip(), keras.layers.RandomRotation(0.2)])


def fit(trainer, inputs, *, augmentation=None, seed=3, **knobs):
    made = trainer(**{"epochs": 3, "batch_size": 8, "validation_batch_size": 9, "verbose": 0, **knobs})
    made.prepare(seed)
    built = model()
    made.fit(built, splits(inputs), [], augmentation and augmentation())
    return built


def same(first, second):
    pairs = zip(first.get_weights(), second.get_weights(), strict=True)
    return all(np.allclose(ours, theirs, rtol=1e-3, atol=1e-5) for ours, theirs in pairs)


@pytest.mark.parametrize(
    ("trainer", "knobs"),
    [
        (KerasFit, {}),
        (KerasFit, {"steps_per_execution": 4}),
        (KerasFit, {"run_eagerly": True, "epochs": 1}),
        (KerasFit, {"deterministic": True, "batch_size": 70}),
        (GradientTape, {"steps_per_execution": 1000}),
        (GradientTape, {"augmentation": flips}),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value.__name__,
)
def test_streamed_training_ends_with_the_weights_and_metrics_of_held_training(trainer, knobs):
    held, streamed = (fit(trainer, inputs, **knobs) for inputs in (IMAGES, STORED))

    assert same(held, streamed)
    for name, values in held.history.history.items():
        assert streamed.history.history[name] == pytest.approx(values, rel=1e-3), name
        assert len(values) == knobs.get("epochs", 3)


def test_another_seed_gives_another_order_of_streamed_examples():
    assert not same(fit(KerasFit, STORED), fit(KerasFit, STORED, seed=4))


@WAYS
def test_validation_metrics_are_those_of_evaluate(inputs):
    trained = fit(KerasFit, inputs)

    expected = trained.evaluate(IMAGES[70:], LABELS[70:], verbose=0, return_dict=True)
    history = trained.history.history
    assert {name: history[f"val_{name}"][-1] for name in expected} == pytest.approx(expected, rel=1e-5)


@WAYS
def test_a_second_fit_of_the_same_model_starts_from_the_beginning_of_an_order(inputs):
    trained, trainer = fit(KerasFit, inputs), KerasFit(epochs=1, batch_size=8, steps_per_execution=4, verbose=0)
    steps = int(trained.optimizer.iterations)

    trainer.fit(trained, splits(inputs), [])

    assert int(trained.optimizer.iterations) == steps + 9


@pytest.mark.parametrize(("trainer", "inputs"), [(KerasFit, IMAGES), (GradientTape, STORED)])
def test_augmentation_is_for_training_batches_only_and_reproducible(trainer, inputs):
    first, again, none = (fit(trainer, inputs, augmentation=kind) for kind in (flips, flips, None))

    assert same(first, again)
    assert not same(first, none)
    names = [layer.name for layer in first._flatten_layers()]
    assert not any("random" in name for name in names)
    expected = first.evaluate(IMAGES[70:], LABELS[70:], verbose=0)[0]
    assert first.history.history["val_loss"][-1] == pytest.approx(expected, rel=1e-5)


class Doubled(keras.layers.Layer):
    """A layer that doubles and adds a half, in training only."""

    def call(self, inputs, training=False):
        return tf.cast(inputs, tf.float32) * 2 + 0.5 if training else inputs


@WAYS
@pytest.mark.parametrize(("count", "batch_size", "steps_per_call", "calls"), [(20, 4, 2, 3), (21, 4, 100, 1)])
def test_an_epoch_has_every_example_once_augmented_and_as_raw_as_it_was(
    inputs, count, batch_size, steps_per_call, calls
):
    sums = tf.Variable(tf.zeros(21, tf.int64))
    split = Split(inputs=inputs[:count], labels=np.arange(count))

    def step(batch):
        assert batch[0].dtype == tf.uint8
        totals = tf.reduce_sum(tf.cast(batch[0], tf.int64), axis=(1, 2, 3))
        sums.scatter_nd_add(batch[1][:, None], totals)

    unmeasured = keras.Sequential([keras.layers.Dense(1)])
    unmeasured.compile("sgd", "mse")
    feed = training_feed(
        unmeasured,
        step,
        split,
        batch_size=batch_size,
        steps_per_call=steps_per_call,
        seed=1,
        augmentation=Doubled(),
    )
    batches = iter(feed.dataset)
    for _ in range(calls):
        feed.run(batches)

    doubled = np.minimum(np.round(2.0 * IMAGES[:count] + 0.5), 255).astype(int)  # .5 to even, as TensorFlow rounds
    assert sums.numpy()[:count].tolist() == doubled.sum(axis=(1, 2, 3)).tolist()


@WAYS
def test_each_call_of_the_validation_is_one_pass(inputs):
    built, split = model(), Split(inputs=inputs[:20], labels=LABELS[:20])
    feed = validation_feed(built, built.test_step, split, batch_size=6)
    batches = iter(feed.dataset)

    for _ in range(2):
        built.reset_metrics()
        metrics = {name: float(value) for name, value in feed.run(batches).items()}
        assert metrics == pytest.approx(built.evaluate(IMAGES[:20], LABELS[:20], verbose=0, return_dict=True), rel=1e-5)


@WAYS
def test_all_examples_can_be_predicted_evaluated_and_adapted_to(inputs):
    built, split = model(), Split(inputs=inputs, labels=LABELS)

    np.testing.assert_array_equal(built.predict(whole(inputs), verbose=0), built.predict(IMAGES, verbose=0))
    assert built.evaluate(**labelled(split), verbose=0) == pytest.approx(built.evaluate(IMAGES, LABELS, verbose=0))
    layer = keras.layers.Normalization(axis=None)
    layer.adapt(adapted_to(inputs))
    assert float(np.squeeze(layer.mean)) == pytest.approx(IMAGES.mean(), rel=1e-4)
    assert float(np.squeeze(layer.variance)) == pytest.approx(IMAGES.var(), rel=1e-4)


def test_columns_are_adapted_to_in_large_batches_that_are_all_there():
    columns = {name: np.arange(500_000, dtype=np.float32) for name in ("size", "age", "rooms")}

    batches = list(adapted_to(columns).as_numpy_iterator())

    assert len(batches) == 2
    np.testing.assert_array_equal(np.concatenate([batch["size"] for batch in batches]), columns["size"])
