"""From config to objects."""

from experiments.builders.network import finished_model, model
from experiments.builders.parts import (
    callbacks,
    objective,
    pictures,
    registry,
    saving,
    splits,
    tracker,
    trainer,
    with_fine_tuning,
)
from experiments.builders.preprocessing import augmentation

__all__ = [
    "augmentation",
    "callbacks",
    "finished_model",
    "model",
    "objective",
    "pictures",
    "registry",
    "saving",
    "splits",
    "tracker",
    "trainer",
    "with_fine_tuning",
]
