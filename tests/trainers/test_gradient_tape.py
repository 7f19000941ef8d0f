import zipfile
from dataclasses import replace

import keras
import numpy as np
import pytest

from experiments.data.division import Division
from experiments.data.scikit_learn import digits
from experiments.data.splits import make_splits
from experiments.models.mlp import mlp
from experiments.trainers.gradient_tape import GradientTape
from experiments.trainers.keras_fit import KerasFit

RAW = digits()


def digits_splits(limit, labels="sparse"):
    return make_splits(
        RAW,
        name="digits",
        kind="image",
        class_names=[str(digit) for digit in range(10)],
        labels=labels,
        division=Division(size=0.2),
        limit=limit,
    )


def perceptron(optimizer=None, loss="sparse_categorical_crossentropy"):
    model = mlp(
        input_shape=[8, 8, 1],
        input_dtype="uint8",
        preprocessing=keras.layers.Rescaling(1 / 16),
        units=[32],
        dropout=0.3,
        l2=0.01,
        outputs=10,
    )
    model.compile(optimizer or keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    return model


class OfTutorial(keras.Model):
    """A subclass whose ``call`` takes no ``training``, as in TensorFlow's quickstart for experts."""

    def __init__(self):
        super().__init__()
        self.network = [keras.layers.Rescaling(1 / 16), keras.layers.Flatten(), keras.layers.Dense(32)]
        self.network += [keras.layers.BatchNormalization(), keras.layers.Dropout(0.3), keras.layers.Dense(10)]

    def call(self, images):
        for layer in self.network:
            images = layer(images)
        return images


def subclassed():
    model = OfTutorial()
    model(keras.Input((8, 8, 1), dtype="uint8"))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    return model


def fit(trainer, *callbacks, splits=None, model=None, **knobs):
    """Fit a model for two epochs of five steps unless said otherwise, and return it."""
    made = trainer(**{"epochs": 2, "batch_size": 20, "verbose": 0, "deterministic": True, **knobs})
    made.prepare(seed=7)
    model = (model or perceptron)()
    made.fit(model, splits or digits_splits(limit=90), callbacks)
    return model


@pytest.mark.parametrize(
    ("model", "labels", "knobs"),
    [
        (perceptron, "sparse", {}),
        (
            lambda: perceptron(
                keras.optimizers.SGD(0.1, momentum=0.9, global_clipnorm=0.5), "categorical_crossentropy"
            ),
            "one_hot",
            {"steps_per_execution": 2},
        ),
        (
            lambda: perceptron(keras.optimizers.Adam(0.01, gradient_accumulation_steps=2)),
            "sparse",
            {"run_eagerly": True},
        ),
        (perceptron, "sparse", {"mixed_precision": "mixed_bfloat16"}),
        (subclassed, "sparse", {}),
    ],
)
def test_weights_and_metrics_are_those_of_fit(model, labels, knobs):
    splits = digits_splits(limit=90, labels=labels)

    ours = fit(GradientTape, splits=splits, model=model, **knobs)
    fitted = fit(KerasFit, splits=splits, model=model, **{**knobs, "run_eagerly": False})

    assert {name: len(values) for name, values in ours.history.history.items()} == dict.fromkeys(
        ("loss", "accuracy", "val_loss", "val_accuracy"), 2
    )
    for name, values in fitted.history.history.items():
        assert ours.history.history[name] == pytest.approx(values, rel=1e-4)
    for weights, others in zip(ours.get_weights(), fitted.get_weights(), strict=True):
        np.testing.assert_allclose(weights, others, rtol=1e-3, atol=1e-6)


def test_without_validation_examples_both_trainers_learn_the_same_and_score_none():
    splits = digits_splits(limit=90)
    validation = replace(splits.validation, inputs=splits.validation.inputs[:0], labels=splits.validation.labels[:0])
    splits = replace(splits, validation=validation)

    ours, fitted = (fit(trainer, splits=splits) for trainer in (GradientTape, KerasFit))

    assert {name: len(values) for name, values in ours.history.history.items()} == {"loss": 2, "accuracy": 2}
    for weights, others in zip(ours.get_weights(), fitted.get_weights(), strict=True):
        np.testing.assert_allclose(weights, others, rtol=1e-3, atol=1e-6)


class Diary(keras.callbacks.Callback):
    """Writes down every event with its number and the names of its logs."""

    def __init__(self):
        super().__init__()
        self.events = []
        for name in dir(keras.callbacks.Callback):
            if name.startswith(("on_train_", "on_test_", "on_epoch_")) and "test_batch" not in name:
                setattr(self, name, lambda *arguments, name=name, **named: self._note(name, *arguments, **named))

    def _note(self, name, *arguments, **named):
        self.events.append((name, *(sorted(a) if isinstance(a, dict) else a for a in (*arguments, *named.values()))))


def test_callbacks_see_the_events_of_fit_in_their_order():
    diaries = [Diary(), Diary()]
    for trainer, diary in zip((KerasFit, GradientTape), diaries, strict=True):
        fit(trainer, diary, steps_per_execution=2)

    by_fit, by_tape = ([event for event in diary.events if "None" not in str(event)] for diary in diaries)
    assert by_fit == by_tape
    assert [event for event in by_tape if event[0] == "on_train_batch_end"] == [
        ("on_train_batch_end", step, ["accuracy", "loss"]) for _ in range(2) for step in (1, 3, 5)
    ]


@pytest.mark.parametrize(("event", "steps"), [("on_train_batch_end", 2), ("on_epoch_end", 5)])
def test_a_callback_can_stop_it(event, steps):
    def stop(number, logs):
        stopper.model.stop_training = True

    stopper = keras.callbacks.LambdaCallback(**{event: stop})

    model = fit(GradientTape, stopper, steps_per_execution=2, epochs=5)

    assert int(model.optimizer.iterations) == steps
    assert len(model.history.history["val_loss"]) == 1


def test_an_interrupt_is_passed_on_and_leaves_a_usable_model():
    def interrupt(batch, logs):
        raise KeyboardInterrupt

    model, splits = perceptron(), digits_splits(limit=90)
    with pytest.raises(KeyboardInterrupt):
        fit(GradientTape, keras.callbacks.LambdaCallback(on_train_batch_end=interrupt), model=lambda: model)

    metrics = model.evaluate(splits.test.inputs, splits.test.labels, verbose=0, return_dict=True)
    assert np.isfinite(metrics["loss"])


@pytest.mark.parametrize("trainer", [KerasFit, GradientTape])
def test_the_bar_shows_as_many_steps_as_there_are(capsys, trainer):
    fit(trainer, steps_per_execution=2, epochs=1, verbose=1)

    output = capsys.readouterr().out
    assert "5/5" in output
    assert "6/5" not in output


def test_a_run_is_tracked_as_one_of_fit_is(run, store):
    import mlflow

    validated = ("data.validation_split=0.2", "objective.metric=val_accuracy")
    result = run("experiment=mnist_expert", "data=digits", *validated, "trainer.epochs=2", "schedule=exponential")

    client = mlflow.MlflowClient(f"sqlite:///{store}/mlflow.db")
    (found,) = client.search_runs(
        [client.get_experiment_by_name("digits").experiment_id],
        filter_string=f"attributes.run_name = '{result.record.name}'",
    )
    lines = (result.record.folder / "history.csv").read_text().splitlines()
    assert lines[0].split(",")[0] == "epoch"
    for column, name in enumerate(lines[0].split(",")[1:], start=1):
        points = client.get_metric_history(found.info.run_id, name)
        assert [point.step for point in points] == [0, 1]
        assert [point.value for point in points] == pytest.approx(
            [float(line.split(",")[column]) for line in lines[1:]]
        )
    assert result.history["learning_rate"] == pytest.approx([0.001 * 0.9 ** (step / 36) for step in (35, 71)])
    assert found.data.params["opt_name"] == "adam"
    kept = {item.path for item in client.list_artifacts(found.info.run_id, "tensorboard_logs")}
    assert kept == {"tensorboard_logs/train", "tensorboard_logs/validation"}
    assert found.info.status == "FINISHED"
    assert result.test["accuracy"] > 0.7
    np.testing.assert_allclose(result.test_predictions.sum(axis=1), 1, rtol=1e-4)  # trained on logits
    with zipfile.ZipFile(result.record.folder / "model.keras") as saved:  # can be loaded where this package is not
        assert "experiments" not in saved.read("config.json").decode()
