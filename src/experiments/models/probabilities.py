"""A model that was trained on logits, with the activation that turns them into probabilities."""

import keras


def with_probabilities(model: keras.Model, activation: str) -> keras.Model:
    """Return a model that shares the weights of ``model`` and puts ``activation`` on its outputs.

    Args:
        model: built; its outputs are logits, shape ``(batch, outputs)``.
        activation: such as ``"softmax"`` or ``"sigmoid"``.

    Returns:
        A model of the same name from raw examples to probabilities, not compiled.
    """
    probabilities = keras.layers.Activation(activation, dtype="float32", name="probabilities")
    return keras.Model(model.input, probabilities(model.output), name=model.name)
