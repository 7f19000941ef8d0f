"""From config to objects."""

from experiments.builders.network import augmentation, finished_model, model
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
