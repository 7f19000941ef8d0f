"""The network of TensorFlow's quickstart for experts, as a subclass of ``keras.Model``."""

from typing import Any

import keras
from keras import layers

from experiments.models.blocks import penalty


@keras.saving.register_keras_serializable("experiments")
class SubclassedCNN(keras.Model):
    """One convolution, Flatten, a dense layer and the output.

    Args:
        preprocessing: layer that turns raw images into numbers to learn from.
        filters: of the convolution.
        kernel_size: height and width of the convolution, in pixels.
        units: width of the hidden dense layer.
        activation: of the hidden layers.
        dropout: share of units dropped before the output layer in training, in [0, 1).
        l2: strength of the penalty on the kernels.
        outputs: width of the output layer.
        output_activation: of the output layer; ``"linear"`` for logits.
        name: of the model.
        **options: of every ``keras.Model``, such as ``dtype``.

    Example:
    ```python
    model = SubclassedCNN(preprocessing=keras.layers.Rescaling(1 / 255), outputs=10, output_activation="linear")
    model(images)  # shape (batch, height, width, channels) to (batch, 10)
    ```

    Source: https://www.tensorflow.org/tutorials/quickstart/advanced
    """

    def __init__(
        self,
        *,
        preprocessing: keras.Layer,
        filters: int = 32,
        kernel_size: int = 3,
        units: int = 128,
        activation: str = "relu",
        dropout: float = 0.0,
        l2: float = 0.0,
        outputs: int,
        output_activation: str = "softmax",
        name: str = "subclassed_cnn",
        **options: Any,
    ) -> None:
        super().__init__(name=name, **options)
        self.knobs = {
            "filters": filters,
            "kernel_size": kernel_size,
            "units": units,
            "activation": activation,
            "dropout": dropout,
            "l2": l2,
            "outputs": outputs,
            "output_activation": output_activation,
        }
        self.preprocessing = preprocessing
        self.convolution = layers.Conv2D(filters, kernel_size, activation=activation, kernel_regularizer=penalty(l2))
        self.flatten = layers.Flatten()
        self.hidden = layers.Dense(units, activation=activation, kernel_regularizer=penalty(l2))
        self.dropout = layers.Dropout(dropout)
        self.last = layers.Dense(
            outputs, activation=output_activation, kernel_regularizer=penalty(l2), dtype="float32", name="outputs"
        )

    def call(self, images: Any, training: bool | None = None) -> Any:
        """Return the outputs for raw images, shape ``(batch, outputs)``.

        Without the argument ``training``, ``fit`` would never tell the layers that they are in training.
        """
        features = self.convolution(self.preprocessing(images, training=training))
        return self.last(self.dropout(self.hidden(self.flatten(features)), training=training))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, from which Keras makes the same model again."""
        preprocessing = keras.saving.serialize_keras_object(self.preprocessing)
        return {**super().get_config(), **self.knobs, "preprocessing": preprocessing}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "SubclassedCNN":
        """Return the model of ``get_config``."""
        preprocessing = keras.saving.deserialize_keras_object(config["preprocessing"], custom_objects)
        return cls(**{**config, "preprocessing": preprocessing})
