"""Score a model on a split once, keeping its predictions."""

from typing import Any

from experiments.types import Array, Split


def score(model: Any, split: Split) -> tuple[dict[str, float], Array]:
    """Return the loss and metrics of a compiled model, and its predictions.

    The model is run over the split once; the metrics are computed from the predictions, which takes half the time
    of ``evaluate`` and ``predict``.

    Args:
        model: a compiled ``keras.Model``.
        split: examples and labels.

    Returns:
        Values by name, as ``model.evaluate(..., return_dict=True)`` gives them, and predictions of shape
        ``(n, outputs)``, the same to the bit as those of ``model.predict(split.inputs)``.
    """
    import keras

    from experiments.trainers.pipeline.feed import labelled, whole
    from experiments.trainers.pipeline.streamed import read_errors

    with read_errors():
        predictions = model.predict(whole(split.inputs), verbose=0)
    if any(layer._losses for layer in model._flatten_layers()):  # penalties on what a layer puts out
        values = model.evaluate(**labelled(split), verbose=0, return_dict=True)
        return {name: float(value) for name, value in values.items()}, predictions
    model.reset_metrics()
    labels = keras.ops.convert_to_tensor(split.labels)
    outputs = keras.ops.convert_to_tensor(predictions)
    metrics = dict(model.compute_metrics(None, labels, outputs))
    metrics["loss"] = model.compute_loss(None, labels, outputs, training=False)
    return {name: float(value) for name, value in metrics.items()}, predictions
