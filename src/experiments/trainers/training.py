"""What every way to train takes, and what it does before anything is built."""

import math
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from experiments.errors import UserError
from experiments.types import Splits

_CALLS_PER_EPOCH = range(8, 25)  # the progress bar moves and Ctrl-C is heard this often; more would cost time


@dataclass(frozen=True, kw_only=True)
class Training:
    """The knobs of a trainer.

    Args:
        epochs: at most; callbacks may stop sooner.
        batch_size: examples in a training step. Default 32.
        validation_batch_size: examples in a validation step. Default 512.
        steps_per_execution: training steps in one call into TensorFlow; ``"auto"`` (default): 8 to 24 calls an epoch.
        deterministic: give up some speed for bit-identical results on the same machine. Default ``False``.
        mixed_precision: ``"mixed_float16"`` or ``"mixed_bfloat16"`` for layers that compute in 16 bits and keep their
            weights in 32; ``None`` (default) for 32 bits throughout.
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
    mixed_precision: Literal["mixed_float16", "mixed_bfloat16"] | None = None
    threads: int | None = None
    run_eagerly: bool = False
    verbose: int | Literal["auto"] = "auto"

    def prepare(self, seed: int) -> None:
        """Seed Python, NumPy and TensorFlow, and set threads, precision and determinism, before anything is built."""
        import keras
        import tensorflow as tf

        keras.backend.clear_session()
        keras.utils.set_random_seed(seed)
        keras.config.set_dtype_policy(self.mixed_precision or "float32")
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

    def steps(self, examples: int) -> int:
        """Return the training steps of an epoch over so many examples."""
        return math.ceil(examples / self.batch_size)

    def steps_per_call(self, steps: int) -> int:
        """Return the steps of each call into TensorFlow in an epoch of so many; the last call may have fewer."""
        if self.run_eagerly:
            return 1
        if self.steps_per_execution == "auto":  # calls that are all of one length, as nearly as can be
            return math.ceil(steps / min(_CALLS_PER_EPOCH, key=lambda calls: -steps % calls))
        return min(self.steps_per_execution, steps)

    @contextmanager
    def feeding(
        self,
        model: Any,
        splits: Splits,
        augmentation: Any,
        *,
        train_step: Callable[[Any], Any],
        test_step: Callable[[Any], Any],
    ) -> Iterator[tuple[Any, Any]]:
        """Give the feeds of the training and of the validation step, and speed the steps up while the block runs.

        Args:
            model: compiled.
            splits: whose ``validation`` may be empty: then there is no feed of it, but ``None``.
            augmentation: a layer that changes raw training inputs at random; ``None`` for none.
            train_step: returns the step that learns, given the model or what stands in for it.
            test_step: returns the step that scores, likewise.
        """
        from experiments.trainers.fused_adam import fused_adam
        from experiments.trainers.one_replica import one_replica
        from experiments.trainers.pipeline.feed import training_feed, validation_feed
        from experiments.trainers.pipeline.streamed import read_errors
        from experiments.trainers.pipeline.word_numbers import vectorized_once

        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        stepper, (train, validation) = vectorized_once(model, splits.train, splits.validation)
        training = training_feed(
            model,
            train_step(stepper),
            train,
            batch_size=self.batch_size,
            steps_per_call=self.steps_per_call(self.steps(len(train))),
            seed=random.getrandbits(32),  # `prepare` has seeded it
            augmentation=augmentation,
        )
        scoring = validation_feed(model, test_step(stepper), validation, batch_size=self.validation_batch_size)
        with fused_adam(model.optimizer), one_replica(model.optimizer), _eagerly(self.run_eagerly), read_errors():
            yield training, scoring

    @property
    def verbosity(self) -> int:
        """What Keras calls ``verbose``: 0, 1 or 2."""
        if self.verbose == "auto":
            return 1 if sys.stdout.isatty() else 2
        return self.verbose


@contextmanager
def _eagerly(wanted: bool) -> Iterator[None]:
    """Run Python in the place of graphs while the block runs, if that is wanted."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(wanted)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)
