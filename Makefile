# `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install train test check lint ui tensorboard benchmark clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /|/' | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(STAMP)  ## make .venv and install everything into it

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, $(PYTHON) is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)

train: install  ## train the default experiment: a CNN on MNIST
	$(BIN)/python -m experiments.train model=cnn data=mnist

test: install  ## run the tests, in two processes
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: install  ## compose and check every shipped config, without training
	$(BIN)/python -m experiments.check

lint: install  ## format check, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

ui: install  ## look at the runs in MLflow, at http://127.0.0.1:5000
	MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false $(BIN)/mlflow ui --workers 1 --backend-store-uri sqlite:///$(CURDIR)/mlruns/mlflow.db

tensorboard: install  ## look at the runs in TensorBoard, at http://localhost:6006
	$(BIN)/tensorboard --logdir mlruns/runs

benchmark: install  ## compare with plain Keras programs (takes about half an hour)
	$(BIN)/python benchmarks/compare.py

clean:  ## remove .venv and caches; mlruns/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
