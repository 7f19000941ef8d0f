import random

import keras
import numpy as np
import pytest
import tensorflow as tf

from experiments.callbacks.learning_rate import LearningRate
from experiments.data.division import Division
from experiments.data.scikit_learn import digits
from experiments.data.splits import make_splits
from experiments.models.mlp import mlp
from experiments.trainers.keras_fit import KerasFit

RAW = digits()
METRICS = {"accuracy", "loss", "val_accuracy", "val_loss"}


def digits_splits(limit=None, labels="sparse"):
    """Return 1,150 training, 287 validation and 360 test examples, or the first ``limit`` of each."""
    return make_splits(
        RAW,
        name="digits",
        kind="image",
        class_names=[str(digit) for digit in range(10)],
        labels=labels,
        division=Division(size=0.2),
        limit=limit,
    )


def perceptron(*, loss="sparse_categorical_crossentropy"):
    model = mlp(
        input_shape=[8, 8, 1],
        input_dtype="uint8",
        preprocessing=keras.layers.Rescaling(1 / 16),
        units=[32],
        outputs=10,
    )
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    return model


def fit(splits, *callbacks, model=None, **knobs):
    """Fit a model for one epoch unless said otherwise, and return it; the same arguments give the same run."""
    keras.utils.set_random_seed(1)
    model = model or perceptron()
    KerasFit(**{"epochs": 1, "verbose": 0, **knobs}).fit(model, splits, callbacks)
    return model


@pytest.mark.parametrize("knobs", [{}, {"run_eagerly": True, "batch_size": 64}])
def test_it_learns_to_read_digits(knobs):
    splits = digits_splits()

    model = fit(splits, epochs=4, **knobs)

    history = model.history.history
    assert history["val_accuracy"][-1] > 0.88
    assert history["loss"][-1] < history["loss"][0] / 2
    assert model.evaluate(splits.test.inputs, splits.test.labels, verbose=0, return_dict=True)["accuracy"] > 0.88


@pytest.mark.parametrize(
    ("labels", "knobs"), [("sparse", {}), ("one_hot", {"validation_batch_size": 10}), ("sparse", {"run_eagerly": True})]
)
def test_validation_metrics_are_those_of_evaluate(labels, knobs):
    splits = digits_splits(limit=64, labels=labels)
    loss = "categorical_crossentropy" if labels == "one_hot" else "sparse_categorical_crossentropy"

    model = fit(splits, model=perceptron(loss=loss), epochs=2, **knobs)

    validation = model.evaluate(splits.validation.inputs, splits.validation.labels, verbose=0, return_dict=True)
    last = {name: values[-1] for name, values in model.history.history.items()}
    assert {name: last[f"val_{name}"] for name in validation} == pytest.approx(validation, rel=1e-5)


@pytest.fixture(scope="module")
def one_step_a_call():
    """What Keras wrote down of two epochs with one step in each call."""
    return fit(digits_splits(), epochs=2, steps_per_execution=1).history.history


@pytest.mark.parametrize(("steps_per_execution", "calls"), [("auto", 9), (7, 6), (1000, 1)])  # of 36 steps of 32
def test_steps_per_execution_changes_the_calls_and_not_the_result(one_step_a_call, steps_per_execution, calls):
    ends = []
    ended = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: ends.append(batch))

    model = fit(digits_splits(), ended, epochs=2, steps_per_execution=steps_per_execution)

    assert len(ends) == 2 * calls
    assert int(model.optimizer.iterations) == 2 * 36
    for name in METRICS:
        assert model.history.history[name] == pytest.approx(one_step_a_call[name], rel=1e-3)


@pytest.mark.parametrize(("steps", "calls"), [(1, 1), (25, 13), (97, 14)])
def test_auto_makes_8_to_24_calls_an_epoch_where_there_are_so_many_steps(steps, calls):
    ends = []
    ended = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: ends.append(batch))

    model = fit(digits_splits(limit=2 * steps - 1), ended, batch_size=2)

    assert len(ends) == calls
    assert int(model.optimizer.iterations) == steps


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_python_runs_in_each_step_only_when_asked(run_eagerly):
    eager = []

    def loss(labels, outputs):
        eager.append(tf.executing_eagerly())
        return keras.losses.sparse_categorical_crossentropy(labels, outputs)

    fit(digits_splits(limit=64), model=perceptron(loss=loss), batch_size=8, run_eagerly=run_eagerly)

    assert set(eager) == {run_eagerly}
    assert (len(eager) >= 9) is run_eagerly  # eight training steps and a validation step


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_callbacks_see_what_keras_shows_them(run_eagerly):
    seen = []
    watch = keras.callbacks.LambdaCallback(
        on_train_begin=lambda logs: seen.append("train begins"),
        on_epoch_begin=lambda epoch, logs: seen.append(f"epoch {epoch} begins"),
        on_train_batch_end=lambda batch, logs: seen.append(set(logs)),
        on_epoch_end=lambda epoch, logs: seen.append((epoch, set(logs))),
        on_train_end=lambda logs: seen.append("train ends"),
    )

    model = fit(
        digits_splits(limit=64), LearningRate(), watch, epochs=2, steps_per_execution=1, run_eagerly=run_eagerly
    )

    steps = [{"accuracy", "loss"}] * 2
    assert seen == [
        "train begins",
        *("epoch 0 begins", *steps, (0, METRICS | {"learning_rate"})),
        *("epoch 1 begins", *steps, (1, METRICS | {"learning_rate"})),
        "train ends",
    ]
    assert set(model.history.history) == METRICS | {"learning_rate"}
    assert all(np.isfinite(values).all() and len(values) == 2 for values in model.history.history.values())


def test_the_last_step_shows_the_metrics_of_the_epoch():
    steps, epochs = [], []
    watch = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: steps.append({name: float(value) for name, value in logs.items()}),
        on_epoch_end=lambda epoch, logs: epochs.append(logs),
    )

    fit(digits_splits(limit=64), watch)

    assert steps[-1] == pytest.approx({name: epochs[0][name] for name in ("accuracy", "loss")})
    assert steps[-1] != pytest.approx(steps[0])


def test_afterwards_the_model_serves_other_data(tmp_path):
    splits = digits_splits(limit=64)
    saves = keras.callbacks.ModelCheckpoint(str(tmp_path / "last.keras"))

    model = fit(splits, saves, steps_per_execution=2)

    predictions = model.predict(splits.test.inputs, verbose=0)
    metrics = model.evaluate(splits.test.inputs, splits.test.labels, verbose=0, return_dict=True)
    assert metrics["loss"] == pytest.approx(-np.log(predictions[range(64), splits.test.labels]).mean(), rel=1e-4)
    saved = keras.models.load_model(tmp_path / "last.keras")
    assert np.array_equal(saved.predict(splits.test.inputs, verbose=0), predictions)
    assert model.steps_per_execution == saved.steps_per_execution == 1
    model.fit(splits.train.inputs, splits.train.labels, batch_size=16, verbose=0)
    assert int(model.optimizer.iterations) == 2 + 4  # steps of 32, then of 16


def test_an_interrupt_is_passed_on_and_leaves_a_usable_model():
    splits, model = digits_splits(limit=64), perceptron()

    def interrupt(batch, logs):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(splits, keras.callbacks.LambdaCallback(on_train_batch_end=interrupt), model=model)

    predictions = model.predict(splits.test.inputs, verbose=0)
    metrics = model.evaluate(splits.test.inputs, splits.test.labels, verbose=0, return_dict=True)
    assert metrics["accuracy"] == pytest.approx((predictions.argmax(axis=1) == splits.test.labels).mean())
    assert model.steps_per_execution == 1


@pytest.mark.parametrize(
    ("verbose", "line", "bar"),
    [(0, False, False), (1, True, True), ("auto", True, False)],  # there is no terminal here
)
def test_verbose_says_so_much(capsys, verbose, line, bar):
    fit(digits_splits(limit=32), verbose=verbose)

    output = capsys.readouterr().out
    assert ("val_accuracy: " in output) is line
    assert ("\r" in output) is bar


def test_prepare_seeds_everything():
    drawn = []
    for seed in (5, 5, 6):
        KerasFit(epochs=1).prepare(seed)
        numbers = [random.random(), np.random.rand(), float(tf.random.uniform(())), float(keras.random.uniform(()))]
        drawn.append([*numbers, perceptron().layers[-1].kernel.numpy().tolist()])

    first, again, other = drawn
    assert first == again
    assert not any(a == b for a, b in zip(first, other, strict=True))


def test_a_deterministic_run_gives_the_same_weights_to_the_bit():
    splits, trainer = digits_splits(limit=200), KerasFit(epochs=2, deterministic=True, verbose=0)

    weights = []
    for seed in (5, 5, 6):
        trainer.prepare(seed)
        model = perceptron()
        trainer.fit(model, splits, [])
        weights.append(model.get_weights())

    first, again, other = weights
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(first, other, strict=True))
