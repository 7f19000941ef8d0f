"""The launcher `workers`, as Hydra discovers it."""
