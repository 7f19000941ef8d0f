"""Train with ``keras.Model.fit``."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from experiments.trainers.training import Training, eagerly
from experiments.types import Splits


@dataclass(frozen=True, kw_only=True)
class KerasFit(Training):
    """Fit a compiled model with ``keras.Model.fit``, many steps in each call into TensorFlow.

    Its knobs are those of ``Training``.
    """

    calls_fit: ClassVar[bool] = True

    def fit(self, model: Any, splits: Splits, callbacks: Sequence[Any], augmentation: Any = None) -> None:
        """Train ``model`` in place on ``splits.train``, with ``splits.validation``, if any, scored after each epoch."""
        from experiments.trainers.fused_adam import fused_adam
        from experiments.trainers.one_replica import one_replica
        from experiments.trainers.pipeline.feed import training_feed, validation_feed
        from experiments.trainers.pipeline.streamed import read_errors
        from experiments.trainers.pipeline.word_numbers import vectorized_once
        from experiments.trainers.progress_bar import ProgressBar

        steps = self.steps(len(splits.train))
        steps_per_call = self.steps_per_call(steps)
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        stepper, (train, validation) = vectorized_once(model, splits.train, splits.validation)
        training = training_feed(
            model,
            stepper.train_step,
            train,
            batch_size=self.batch_size,
            steps_per_call=steps_per_call,
            seed=random.getrandbits(32),  # `prepare` has seeded it
            augmentation=augmentation,
        )
        scoring = validation_feed(model, stepper.test_step, validation, batch_size=self.validation_batch_size)
        with (
            fused_adam(model.optimizer),
            one_replica(model.optimizer),
            eagerly(self.run_eagerly),
            read_errors(),
            _functions(model, train=training.run, test=scoring and scoring.run, steps_per_call=steps_per_call),
        ):
            model.fit(
                training.dataset,
                epochs=self.epochs,
                steps_per_epoch=steps,
                validation_data=scoring and scoring.dataset,
                validation_steps=1 if scoring else None,
                shuffle=False,
                callbacks=[*callbacks, *([ProgressBar()] if self.verbosity else [])],
                verbose=self.verbosity,
            )


@contextmanager
def _functions(model: Any, *, train: Any, test: Any, steps_per_call: int) -> Iterator[None]:
    """Lend the model these functions while the block runs; afterwards it makes its own again when asked."""
    model.train_function, model.test_function, model.steps_per_execution = train, test, steps_per_call
    try:
        yield
    finally:
        model.train_function = model.test_function = model.predict_function = None
        model.steps_per_execution = 1
