import json
from dataclasses import asdict

import numpy as np
import pytest
from mlflow.entities import LoggedModelOutput

from experiments.tracking.registry import Registry
from experiments.tracking.writes import LONGEST_PARAM, LONGEST_TAG, WRITES
from experiments.types import Candidate

DATASET = {"name": "digits-train", "digest": "abc", "source_type": "code", "source": "{}", "schema": None}


def points(client, run_id):
    return [(point.value, point.step, point.timestamp) for point in client.get_metric_history(run_id, "loss")]


def names(client, run_id):
    return [item.path for item in client.list_artifacts(run_id)]


def contexts(client, run_id):
    return [entry.tags[0].value for entry in client.get_run(run_id).inputs.dataset_inputs]


def end(client, run_id):
    info = client.get_run(run_id).info
    return info.status, info.end_time


@pytest.mark.parametrize(
    ("kind", "arguments", "seen", "expected"),
    [
        ("params", {"values": {"a": "1"}}, lambda c, r: c.get_run(r).data.params, {"a": "1"}),
        (
            "params",
            {"values": {"a": "x" * 9000}},
            lambda c, r: c.get_run(r).data.params,
            {"a": "x" * LONGEST_PARAM},
        ),
        ("metrics", {"values": {"loss": 0.5}, "step": 3, "timestamp": 7}, points, [(0.5, 3, 7)]),
        (
            "metrics",
            {"values": {"val_recall@3": 0.5}, "step": 3, "timestamp": 7},
            lambda c, r: c.get_run(r).data.metrics,
            {"val_recall_3": 0.5},
        ),
        ("tags", {"values": {"t": "x" * 9000}}, lambda c, r: c.get_run(r).data.tags["t"], "x" * LONGEST_TAG),
        ("inputs", {"datasets": {"training": DATASET}}, contexts, ["training"]),
        ("text", {"text": "said", "path": "said.txt"}, names, ["said.txt"]),
        ("files", {"source": "{folder}", "path": "plots"}, names, ["plots"]),
        ("files", {"source": "{folder}/picture.png", "path": ""}, names, ["picture.png"]),
        ("files", {"source": "{folder}/gone", "path": "plots"}, names, []),
        ("end", {"status": "KILLED", "end_time": 12345}, end, ("KILLED", 12345)),
    ],
)
def test_a_write_that_waited_in_a_file_and_is_repeated_counts_once(
    client, run_id, tmp_path, kind, arguments, seen, expected
):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "picture.png").write_text("a picture")
    waited = json.dumps(arguments).replace("{folder}", str(tmp_path / "files"))

    for _ in range(2):
        WRITES[kind](client, run_id, **json.loads(waited))

    assert seen(client, run_id) == expected


def test_a_number_that_is_none_can_wait_too(client, run_id):
    waited = json.dumps({"values": {"loss": float("nan")}, "step": 0, "timestamp": 7})

    WRITES["metrics"](client, run_id, **json.loads(waited))

    ((value, _, _),) = points(client, run_id)
    assert np.isnan(value)


def offer(run_id, **settings):
    candidate = Candidate(
        model_uri=f"runs:/{run_id}/model",
        run_id=run_id,
        run_name="r",
        metric="val_accuracy",
        mode="max",
        value=0.9,
        data_name="digits",
        fingerprint="f",
        test={},
    )
    waited = json.dumps({"registry": Registry(**settings).settings(), "candidate": asdict(candidate)})
    return json.loads(waited)


@pytest.mark.parametrize("only_if_better", [True, False])
def test_an_offer_that_is_repeated_makes_one_version(client, run_id, tmp_path, only_if_better):
    model = client.create_logged_model(client.get_run(run_id).info.experiment_id, name="model", source_run_id=run_id)
    client.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=0)])
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "MLmodel").write_text("flavors: {}\n")
    client.log_model_artifacts(model.model_id, str(tmp_path / "model"))
    client.finalize_logged_model(model.model_id, "READY")
    name = tmp_path.name

    for _ in range(2):
        WRITES["offer"](client, run_id, **offer(run_id, name=name, only_if_better=only_if_better))

    (version,) = client.search_model_versions(f"name = '{name}'")
    assert client.get_model_version_by_alias(name, "champion").version == version.version
    assert version.source == model.model_uri


def test_an_offer_whose_model_is_not_there_registers_nothing(client, run_id):
    said = WRITES["offer"](client, run_id, **offer(run_id, name="nothing"))

    assert said == "not registered: the model of run r was not delivered"
    assert not client.search_model_versions("name = 'nothing'")
