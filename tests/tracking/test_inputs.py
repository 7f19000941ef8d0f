import json
from dataclasses import replace

import mlflow
import numpy as np

from experiments.stored import StoredInputs
from experiments.tracking.inputs import describe_inputs


def test_the_three_splits_are_dataset_inputs_with_digests(trained, store):
    client = mlflow.MlflowClient(f"sqlite:///{store}/mlflow.db")
    (found,) = client.search_runs(
        [client.get_experiment_by_name("digits").experiment_id],
        filter_string=f"attributes.run_name = '{trained.record.name}'",
    )
    inputs = {entry.tags[0].value: entry.dataset for entry in found.inputs.dataset_inputs}

    assert {role: data.name for role, data in inputs.items()} == {
        "training": "digits-train",
        "validation": "digits-validation",
        "test": "digits-test",
    }
    assert trained.splits.digests["train"].startswith(inputs["training"].digest)
    assert len({data.digest for data in inputs.values()}) == 3


def test_an_empty_split_is_no_input(trained):
    splits = trained.splits
    nothing = replace(splits.validation, inputs=splits.validation.inputs[:0], labels=splits.validation.labels[:0])

    assert set(describe_inputs(replace(splits, validation=nothing))) == {"training", "test"}


class Unreadable:
    """A store of which nothing may be read."""

    shape, dtype = (1150, 8, 8, 1), np.dtype(np.uint8)


def test_stored_examples_are_described_as_held_ones_are_without_being_read(trained):
    splits = trained.splits
    held = replace(splits.train, inputs=np.zeros((1150, 8, 8, 1), np.uint8), labels=np.zeros(1150, np.int32))
    stored = replace(held, inputs=StoredInputs.all_of(Unreadable()))

    described = [describe_inputs(replace(splits, train=train))["training"] for train in (held, stored)]

    assert described[0] == described[1]
    assert json.loads(described[1]["profile"])["features_shape"] == [1150, 8, 8, 1]
