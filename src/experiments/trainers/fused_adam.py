"""Adam's update of a weight as one operation."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf


@contextmanager
def fused_adam(optimizer: Any) -> Iterator[None]:
    """Let ``keras.optimizers.Adam`` update each weight by TensorFlow's own Adam kernel while the block runs.

    Keras writes the same formula as a dozen operations, each of which reads and writes the weight or its moments.
    Every other optimizer, sparse gradients, accumulated gradients and ``amsgrad`` are left to Keras.

    Args:
        optimizer: of a compiled model, built already.
    """
    if type(optimizer) is not keras.optimizers.Adam or optimizer.amsgrad or optimizer.gradient_accumulation_steps:
        yield
        return
    by_keras = optimizer.update_step

    def update_step(gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Move one weight and its moments, in the place of Keras' own method."""
        if isinstance(gradient, tf.IndexedSlices):
            by_keras(gradient, variable, learning_rate)
            return
        index, dtype = optimizer._get_variable_index(variable), variable.dtype
        step = tf.cast(optimizer.iterations.value + 1, dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=optimizer._momentums[index].value.handle,
            v=optimizer._velocities[index].value.handle,
            beta1_power=tf.pow(tf.cast(optimizer.beta_1, dtype), step),
            beta2_power=tf.pow(tf.cast(optimizer.beta_2, dtype), step),
            lr=tf.cast(learning_rate, dtype),
            beta1=optimizer.beta_1,
            beta2=optimizer.beta_2,
            epsilon=optimizer.epsilon,
            grad=gradient,
        )

    optimizer.update_step = update_step
    try:
        yield
    finally:
        del optimizer.update_step
