"""Ways to fit a compiled model."""
