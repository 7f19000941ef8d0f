"""Train with ``keras.Model.fit``."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, ClassVar

from experiments.trainers.training import Training
from experiments.types import Splits


@dataclass(frozen=True, kw_only=True)
class KerasFit(Training):
    """Fit a compiled model with ``keras.Model.fit``, many steps in each call into TensorFlow.

    Its knobs are those of ``Training``.
    """

    calls_fit: ClassVar[bool] = True

    def fit(self, model: Any, splits: Splits, callbacks: Sequence[Any], augmentation: Any = None) -> None:
        """Train ``model`` in place on ``splits.train``, with ``splits.validation``, if any, scored after each epoch."""
        from experiments.trainers.progress_bar import ProgressBar

        steps = self.steps(len(splits.train))
        steps_of = {"train_step": attrgetter("train_step"), "test_step": attrgetter("test_step")}
        with (
            self.feeding(model, splits, augmentation, **steps_of) as (training, scoring),
            _functions(model, training, scoring, steps_per_call=self.steps_per_call(steps)),
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
def _functions(model: Any, training: Any, scoring: Any, *, steps_per_call: int) -> Iterator[None]:
    """Lend the model the feeds' functions while the block runs; afterwards it makes its own again when asked."""
    model.train_function, model.test_function = training.run, scoring and scoring.run
    model.steps_per_execution = steps_per_call
    takes_training = model._call_has_training_arg
    model._call_has_training_arg = True  # layers are told by Keras in any case; else a call(self, x) has no dropout
    try:
        yield
    finally:
        model._call_has_training_arg = takes_training
        model.train_function = model.test_function = model.predict_function = None
        model.steps_per_execution = 1
