"""A loss or a metric tried on a few labels before training, so that what does not fit is told by its name."""

from typing import Any

from experiments.errors import UserError, one_line
from experiments.types import Array

_ROWS = (5, 7)  # two numbers, since a batch as large as a row of outputs would hide that the shapes do not fit


def dry_call(measure: Any, model: Any, labels: Array, *, what: str, eagerly: bool = False) -> None:
    """Measure made-up outputs against a few labels as training would, in a graph; nothing learns of it.

    The model is not run, and no random number is drawn.

    Args:
        measure: a loss, a metric, or a function of labels and outputs that is a loss; a metric has counted afterwards.
        model: whose outputs it is to measure; those of several or unknown shapes are not tried.
        labels: of the training split, shape ``(n,)`` or ``(n, classes)``.
        what: knob and path of ``measure``, for the message.
        eagerly: without a graph, as training with ``run_eagerly`` is.

    Raises:
        UserError: it raises, or takes or returns what it should not, as a metric with a value for each class does.
    """
    import tensorflow as tf

    output, *others = getattr(model, "outputs", None) or [getattr(model, "output", None)]
    shape = getattr(output, "shape", None)
    if others or shape is None or None in shape[1:]:
        return
    rows = next(count for count in _ROWS if count not in shape)
    known = tf.constant(labels[:rows])
    outputs = tf.cast(tf.fill((len(known), *shape[1:]), 1 / (shape[-1] or 1)), output.dtype)
    signature = [tf.TensorSpec((None, *tensor.shape[1:]), tensor.dtype) for tensor in (known, outputs)]
    measured = _measured(measure)
    called = measured if eagerly else tf.function(measured, input_signature=signature, autograph=False)
    try:
        found = called(known, outputs)
    except Exception as error:  # whatever a function of the user's raises
        line = one_line(error)
        if "None values not supported" in line:
            line = "it returns None, where a value for each example is wanted"
        raise UserError(
            f"{what} cannot measure outputs of shape {_batch_of(shape)} against labels of shape "
            f"{_batch_of(labels.shape)}: {type(error).__name__}: {line.rstrip('.')}."
        ) from error
    arrays = [value.shape for value in found.values() if len(value.shape)] if isinstance(found, dict) else []
    if arrays:
        raise UserError(
            f"{what} gives numbers of shape {tuple(arrays[0])}, where a single one is wanted. An argument such as "
            "average=macro may see to it."
        )


def _measured(measure: Any) -> Any:
    """Return the function of labels and outputs by which Keras calls a loss or a metric while it trains."""
    import keras

    judge = keras.Model(name="judge")  # a model of its own, so that nothing is noted in the one to be trained
    if isinstance(measure, keras.metrics.Metric):
        judge.compile(optimizer=None, metrics=[measure], jit_compile=False)
        return lambda labels, outputs: judge.compute_metrics(None, labels, outputs)
    judge.compile(optimizer=None, loss=measure, jit_compile=False)
    return lambda labels, outputs: judge.compute_loss(None, labels, outputs, training=False)


def _batch_of(shape: tuple[int | None, ...]) -> str:
    return f"({', '.join(['n', *map(str, shape[1:])])}{',' if len(shape) == 1 else ''})"
