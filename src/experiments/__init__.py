"""Compose, train, track and register TensorFlow/Keras experiments."""
