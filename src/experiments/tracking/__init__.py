"""Runs, models and where they came from, written down with MLflow; nothing else imports MLflow."""
