"""Train with a loop of our own: ``tf.GradientTape`` in the place of ``keras.Model.fit``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from experiments.trainers.training import Training
from experiments.types import Splits


@dataclass(frozen=True, kw_only=True)
class GradientTape(Training):
    """Fit a compiled model step by step, with the gradients that ``tf.GradientTape`` recorded.

    The batches, callbacks and logs are those of ``KerasFit``; so are the weights, given the same seed. Its knobs are
    those of ``Training``.

    Source: https://www.tensorflow.org/tutorials/quickstart/advanced
    """

    calls_fit: ClassVar[bool] = False

    def fit(self, model: Any, splits: Splits, callbacks: Sequence[Any], augmentation: Any = None) -> None:
        """Train ``model`` in place on ``splits.train``, with ``splits.validation``, if any, scored after each epoch."""
        import keras

        from experiments.trainers.progress_bar import ProgressBar

        steps = self.steps(len(splits.train))
        all_callbacks = keras.callbacks.CallbackList(
            [*callbacks, *([ProgressBar()] if self.verbosity else [])],
            add_history=True,
            model=model,
            verbose=self.verbosity,
            epochs=self.epochs,
            steps=steps,
        )
        with self.feeding(model, splits, augmentation, train_step=train_step, test_step=test_step) as feeds:
            self._loop(model, all_callbacks, *feeds, first_steps=range(0, steps, self.steps_per_call(steps)))

    def _loop(self, model: Any, callbacks: Any, training: Any, scoring: Any, *, first_steps: range) -> None:
        """Go through the epochs; ``first_steps`` holds the first step of each call into TensorFlow."""
        model.stop_training = False
        logs: dict[str, float] = {}
        batches, scored = iter(training.dataset), iter(scoring.dataset) if scoring else None
        callbacks.on_train_begin()
        for epoch in range(model._initial_epoch or 0, self.epochs):  # which BackupAndRestore sets
            model.reset_metrics()
            callbacks.on_epoch_begin(epoch)
            for first in first_steps:
                callbacks.on_train_batch_begin(first)
                metrics = training.run(batches)
                callbacks.on_train_batch_end(first + first_steps.step - 1, metrics)
                if model.stop_training:
                    break
            logs = _floats(model.get_metrics_result())

            if scoring:
                model.reset_metrics()
                callbacks.on_test_begin()
                callbacks.on_test_batch_begin(0)
                validation = _floats(scoring.run(scored))
                callbacks.on_test_batch_end(0, validation)
                callbacks.on_test_end(validation)
                logs |= {f"val_{name}": value for name, value in validation.items()}

            callbacks.on_epoch_end(epoch, logs)
            if model.stop_training:
                break
        model.optimizer.finalize_variable_values(model.trainable_variables)
        callbacks.on_train_end(logs)


def train_step(model: Any) -> Callable[[Any], None]:
    """Return the function that learns from one batch of examples and labels."""
    import tensorflow as tf

    mean_loss, *_ = model.metrics

    def step(batch: Any) -> None:
        inputs, labels = batch
        with tf.GradientTape() as tape:
            outputs = model(inputs, training=True)
            loss = model.compute_loss(inputs, labels, outputs, training=True)
            scaled = model.optimizer.scale_loss(loss)  # the same but in mixed_float16
        gradients = tape.gradient(scaled, model.trainable_variables)
        model.optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        mean_loss.update_state(loss, sample_weight=tf.shape(labels)[0])
        model.compute_metrics(inputs, labels, outputs)

    return step


def test_step(model: Any) -> Callable[[Any], None]:
    """Return the function that scores one batch of examples and labels."""
    import tensorflow as tf

    mean_loss, *_ = model.metrics

    def step(batch: Any) -> None:
        inputs, labels = batch
        outputs = model(inputs, training=False)
        loss = model.compute_loss(inputs, labels, outputs, training=False)
        mean_loss.update_state(loss, sample_weight=tf.shape(labels)[0])
        model.compute_metrics(inputs, labels, outputs)

    return step


def _floats(metrics: Any) -> dict[str, float]:
    return {name: float(value) for name, value in metrics.items()}
