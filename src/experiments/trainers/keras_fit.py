"""Train with ``keras.Model.fit``."""

import math
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from experiments.errors import UserError
from experiments.types import Splits

_CALLS_PER_EPOCH = range(8, 25)  # the progress bar moves and Ctrl-C is heard this often; more would cost time


@dataclass(frozen=True, kw_only=True)
class KerasFit:
    """Fit a compiled model with ``keras.Model.fit``, many steps in each call into TensorFlow.

    Args:
        epochs: at most; callbacks may stop sooner.
        batch_size: examples in a training step. Default 32.
        validation_batch_size: examples in a validation step. Default 512.
        steps_per_execution: training steps in one call into TensorFlow; ``"auto"`` (default): 8 to 24 calls an epoch.
        deterministic: give up some speed for bit-identical results on the same machine. Default ``False``.
        threads: CPU threads of TensorFlow; ``None`` (default) for one for each core.
        run_eagerly: run Python for each step, for debuggers. Default ``False``.
        verbose: 0 for silence, 1 for a progress bar, 2 for a line an epoch; ``"auto"`` (default) for a bar on a
            terminal and lines elsewhere.
    """

    epochs: int
    batch_size: int = 32
    validation_batch_size: int = 512
    steps_per_execution: int | Literal["auto"] = "auto"
    deterministic: bool = False
    threads: int | None = None
    run_eagerly: bool = False
    verbose: int | Literal["auto"] = "auto"

    def prepare(self, seed: int) -> None:
        """Seed Python, NumPy and TensorFlow, and set threads and determinism, before anything is built."""
        import keras
        import tensorflow as tf

        keras.backend.clear_session()
        keras.utils.set_random_seed(seed)
        if self.deterministic:
            tf.config.experimental.enable_op_determinism()
        if self.threads and tf.config.threading.get_intra_op_parallelism_threads() != self.threads:
            try:
                tf.config.threading.set_intra_op_parallelism_threads(self.threads)
                tf.config.threading.set_inter_op_parallelism_threads(self.threads)
            except RuntimeError as error:
                raise UserError(
                    f"trainer.threads={self.threads} cannot be set: TensorFlow has started in this process, and "
                    "its threads are fixed from then on. Give each number of threads a command of its own."
                ) from error

    def fit(self, model: Any, splits: Splits, callbacks: Sequence[Any]) -> None:
        """Train ``model`` in place on ``splits.train``, with ``splits.validation`` scored after each epoch."""
        verbose = (1 if sys.stdout.isatty() else 2) if self.verbose == "auto" else self.verbose
        common = {"epochs": self.epochs, "callbacks": list(callbacks), "verbose": verbose}
        if self.run_eagerly:
            model.run_eagerly = True
            try:
                model.fit(
                    splits.train.inputs,
                    splits.train.labels,
                    batch_size=self.batch_size,
                    validation_data=(splits.validation.inputs, splits.validation.labels),
                    validation_batch_size=self.validation_batch_size,
                    **common,
                )
            finally:
                model.run_eagerly = False
            return
        from experiments.trainers.fused_adam import fused_adam
        from experiments.trainers.fused_steps import fused, rows_in_order, shuffled_rows

        steps = math.ceil(len(splits.train) / self.batch_size)
        steps_per_call = self._steps_per_call(steps)
        model.optimizer.build(model.trainable_variables)
        with (
            fused_adam(model.optimizer),
            _functions(
                model,
                train=fused(model, model.train_step, splits.train, batch_size=self.batch_size),
                test=fused(model, model.test_step, splits.validation, batch_size=self.validation_batch_size),
                steps_per_call=steps_per_call,
            ),
        ):
            model.fit(
                shuffled_rows(
                    len(splits.train),
                    rows_per_call=steps_per_call * self.batch_size,
                    seed=random.getrandbits(32),  # `prepare` has seeded it
                ),
                steps_per_epoch=steps,
                validation_data=rows_in_order(len(splits.validation)),
                shuffle=False,
                **common,
            )

    def _steps_per_call(self, steps: int) -> int:
        if self.steps_per_execution == "auto":  # calls that are all of one length, as nearly as can be
            return math.ceil(steps / min(_CALLS_PER_EPOCH, key=lambda calls: -steps % calls))
        return min(self.steps_per_execution, steps)


@contextmanager
def _functions(model: Any, *, train: Any, test: Any, steps_per_call: int) -> Iterator[None]:
    """Lend the model these functions while the block runs; afterwards it makes its own again when asked."""
    model.train_function, model.test_function, model.steps_per_execution = train, test, steps_per_call
    try:
        yield
    finally:
        model.train_function = model.test_function = model.predict_function = None
        model.steps_per_execution = 1
