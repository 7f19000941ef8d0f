"""Train with ``keras.Model.fit``."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from experiments.trainers.training import Training
from experiments.types import Splits


@dataclass(frozen=True, kw_only=True)
class KerasFit(Training):
    """Fit a compiled model with ``keras.Model.fit``, many steps in each call into TensorFlow.

    Its knobs are those of ``Training``.
    """

    calls_fit: ClassVar[bool] = True

    def fit(self, model: Any, splits: Splits, callbacks: Sequence[Any]) -> None:
        """Train ``model`` in place on ``splits.train``, with ``splits.validation`` scored after each epoch."""
        if self.run_eagerly:
            self._fit_eagerly(model, splits, callbacks)
        else:
            self._fit_in_graphs(model, splits, callbacks)

    def _fit_eagerly(self, model: Any, splits: Splits, callbacks: Sequence[Any]) -> None:
        model.run_eagerly = True
        try:
            model.fit(
                splits.train.inputs,
                splits.train.labels,
                epochs=self.epochs,
                batch_size=self.batch_size,
                validation_data=(splits.validation.inputs, splits.validation.labels),
                validation_batch_size=self.validation_batch_size,
                callbacks=list(callbacks),
                verbose=self.verbosity,
            )
        finally:
            model.run_eagerly = False

    def _fit_in_graphs(self, model: Any, splits: Splits, callbacks: Sequence[Any]) -> None:
        from experiments.trainers.fused_adam import fused_adam
        from experiments.trainers.fused_steps import fused, rows_in_order, shuffled_rows
        from experiments.trainers.one_replica import one_replica
        from experiments.trainers.progress_bar import ProgressBar
        from experiments.trainers.word_numbers import vectorized_once

        steps = self.steps(len(splits.train))
        steps_per_call = self.steps_per_call(steps)
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        stepper, (train, validation) = vectorized_once(model, splits.train, splits.validation)
        with (
            fused_adam(model.optimizer),
            one_replica(model.optimizer),
            _functions(
                model,
                train=fused(model, stepper.train_step, train, batch_size=self.batch_size),
                test=fused(model, stepper.test_step, validation, batch_size=self.validation_batch_size),
                steps_per_call=steps_per_call,
            ),
        ):
            model.fit(
                shuffled_rows(
                    len(splits.train),
                    rows_per_call=steps_per_call * self.batch_size,
                    seed=random.getrandbits(32),  # `prepare` has seeded it
                ),
                epochs=self.epochs,
                steps_per_epoch=steps,
                validation_data=rows_in_order(len(splits.validation)),
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
