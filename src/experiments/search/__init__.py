"""Search hyperparameters with Optuna, asynchronously; the only importer of Optuna."""
