import mlflow


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
