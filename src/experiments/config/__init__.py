"""What a composed config must be before anything is built from it. TensorFlow and MLflow are not needed here."""

from experiments.config.resolvers import register_resolvers
from experiments.config.validate import validate

__all__ = ["register_resolvers", "validate"]
