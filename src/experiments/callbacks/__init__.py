"""Keras callbacks of ours."""
