import json

import mlflow

from experiments.tracking.overview import ensure_overview, overview_url


def test_a_view_of_the_users_own_is_not_overwritten(tmp_path):
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    number = client.create_experiment("x")
    ensure_overview(client, client.get_experiment(number), objective="val_loss")
    shipped = client.get_experiment(number).tags["mlflow.sharedViewState.overview"]
    client.set_experiment_tag(number, "mlflow.sharedViewState.overview", json.dumps({"selectedColumns": ["mine"]}))

    ensure_overview(client, client.get_experiment(number), objective="val_loss")

    assert {"metrics.`best_val_loss`", "metrics.`test_loss`"} < set(json.loads(shipped)["selectedColumns"])
    assert "mine" in client.get_experiment(number).tags["mlflow.sharedViewState.overview"]


def test_the_address_opens_the_table_of_training_runs():
    assert overview_url("http://127.0.0.1:5000", "3") == (
        "http://127.0.0.1:5000/#/experiments/3/runs?workflowType=machine_learning&viewStateShareKey=overview"
    )
