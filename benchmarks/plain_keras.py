"""A plain Keras program, as tutorials have it: `python benchmarks/plain_keras.py mlp EPOCHS SEED RESULT.json`."""

import json
import sys
from pathlib import Path

import keras
import numpy as np
from epoch_seconds import EpochSeconds
from keras import layers

model_name, epochs, seed, result_file = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
keras.utils.set_random_seed(seed)

with np.load(Path(__file__).parents[1] / "src/experiments/data/mnist.npz") as arrays:
    x_train, y_train, x_test, y_test = (arrays[name] for name in ("x_train", "y_train", "x_test", "y_test"))
x_train, x_test = x_train / 255.0, x_test / 255.0
if model_name != "mlp":
    x_train, x_test = x_train[..., np.newaxis].astype("float32"), x_test[..., np.newaxis].astype("float32")

MODELS = {
    "mlp": [
        layers.Input((28, 28)),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(10, activation="softmax"),
    ],
    "cnn": [
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2, padding="same"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2, padding="same"),
        layers.Flatten(),
        layers.Dropout(0.3),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.3),
        layers.Dense(10, activation="softmax"),
    ],
    "basic_cnn": [
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(512, activation="relu"),
        layers.Dropout(0.25),
        layers.Dense(10, activation="softmax"),
    ],
}
model = keras.Sequential(MODELS[model_name])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
clock = EpochSeconds()
model.fit(x_train, y_train, batch_size=32, epochs=epochs, validation_split=0.1, callbacks=[clock], verbose=2)
loss, accuracy = model.evaluate(x_test, y_test, verbose=2)
result_file.write_text(json.dumps({"test_accuracy": accuracy, "epoch_seconds": clock.seconds}))
