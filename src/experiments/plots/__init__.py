"""Figures of a run. Each function returns a ``matplotlib`` figure that is not tied to any display."""
