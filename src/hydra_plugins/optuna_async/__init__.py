"""The sweeper `optuna_async`, as Hydra discovers it."""
