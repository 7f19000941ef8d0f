"""Keras layers of our own; import the one that a saved model has before loading it."""
