from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from experiments.app import compose
from experiments.record import flat_params, make_record
from experiments.types import Job, Objective, RunRecord

OBJECTIVE = Objective(metric="val_accuracy", mode="max")


def record_of(*overrides: str) -> RunRecord:
    config = compose("train", overrides)
    return make_record(config, Job(folder=Path("/runs/r"), overrides=list(overrides), choices={}), OBJECTIVE)


def test_a_record_tells_what_was_asked_for():
    record = record_of("model=mlp", "data=digits", "run_name=first", "seed=7", "trainer.epochs=2")

    assert (record.name, record.seed, record.folder, record.objective) == ("first", 7, Path("/runs/r"), OBJECTIVE)
    assert record.overrides == ["model=mlp", "data=digits", "run_name=first", "seed=7", "trainer.epochs=2"]
    asked = {"seed": "7", "model.name": "mlp", "model.units": "[128]", "trainer.epochs": "2", "data.limit": "null"}
    assert {name: record.params[name] for name in asked} == asked
    assert yaml.safe_load(record.config_yaml)["trainer"]["epochs"] == 2


def test_two_runs_of_the_same_experiment_have_the_same_params_wherever_they_lie(tmp_path):
    one = record_of("run_name=one", f"paths.data={tmp_path}")
    two = record_of("run_name=two")

    assert not [name for name in one.params if name.startswith(("paths", "run_name"))]
    different = {name for name in one.params if one.params[name] != two.params[name]}
    assert {name.partition(".")[0] for name in different} <= {"callbacks"}, "their folders are named after the run"


def test_what_lies_in_the_runs_own_folder_is_no_param_so_that_runs_compare():
    config = compose("train", [])
    folder = Path(config["paths"]["run"])

    record = make_record(config, Job(folder=folder, overrides=[], choices={}), OBJECTIVE)

    assert "callbacks.early_stopping.patience" in record.params
    assert "callbacks.csv_logger.filename" not in record.params
    assert not [name for name, value in record.params.items() if str(folder) in value]
    assert str(folder) in record.config_yaml


@pytest.mark.parametrize(
    ("overrides", "summary"),
    [
        (
            "model=mlp data=wine optimizer=sgd",
            "mlp on wine: SGD, learning rate 0.01, dropout 0.2, L2 0, batch 32, up to 5 epochs, seed 42",
        ),
        (
            "optimizer.learning_rate=3e-5 model.dropout=0 model.l2=1e-4 trainer.batch_size=64 trainer.epochs=1 seed=1",
            "cnn on mnist: Adam, learning rate 3e-05, dropout 0, L2 0.0001, batch 64, up to 1 epoch, seed 1",
        ),
        (
            "model=sequential",
            "sequential on mnist: Adam, learning rate 0.001, dropout 0.2, L2 0, batch 32, up to 5 epochs, seed 42",
        ),
        (
            "model=sequential ~model.layers.dropout",
            "sequential on mnist: Adam, learning rate 0.001, dropout 0, L2 0, batch 32, up to 5 epochs, seed 42",
        ),
        (
            "model=sequential model.layers.dropout.rate=0.5",
            "sequential on mnist: Adam, learning rate 0.001, dropout 0.5, L2 0, batch 32, up to 5 epochs, seed 42",
        ),
    ],
)
def test_the_summary_names_what_one_looks_for_first(overrides, summary):
    assert record_of(*overrides.split()).summary == summary


def test_no_secret_is_in_a_record():
    record = record_of(
        "tracking.uri=http://me:hunter2@host:5000",
        "+tracking.tags.password=hunter2",
        "+tracking.tags.team=vision",
        "+my.api_key=hunter2",
    )

    assert "hunter2" not in repr(record)
    assert record.params["tracking.uri"] == "http://***@host:5000"
    assert record.params["tracking.tags.password"] == record.params["my.api_key"] == "***"
    assert record.params["tracking.tags.team"] == "vision"
    assert record.overrides[:2] == ["tracking.uri=http://***@host:5000", "+tracking.tags.password=***"]
    assert yaml.safe_load(record.config_yaml)["my"] == {"api_key": "***"}


def test_the_config_itself_keeps_its_secrets_to_work_with():
    config = compose("train", ["+tracking.tags.password=hunter2"])
    before = deepcopy(config)

    make_record(config, Job(folder=Path(), overrides=[], choices={}), OBJECTIVE)

    assert config == before
    assert config["tracking"]["tags"]["password"] == "hunter2"


def test_the_config_can_be_read_back():
    config = compose("train", ["run_name=first"])

    record = make_record(config, Job(folder=Path(), overrides=[], choices={}), OBJECTIVE)

    assert yaml.safe_load(record.config_yaml) == config
    assert list(yaml.safe_load(record.config_yaml)) == list(config), "in the order of the YAML files"


@pytest.mark.parametrize(
    ("config", "params"),
    [
        ({"model": {"units": [128, 64], "name": "mlp"}}, {"model.units": "[128, 64]", "model.name": "mlp"}),
        ({"a": None, "b": True, "c": 1, "d": 0.5}, {"a": "null", "b": "true", "c": "1", "d": "0.5"}),
        ({"text": "1", "empty": "", "none": {}}, {"text": "1", "empty": "", "none": "{}"}),
        ({"list": [], "nested": [{"a": [1]}]}, {"list": "[]", "nested": '[{"a": [1]}]'}),
        ({"tags": {"what?": "x", "a-b c/d:e_1": "y"}}, {"tags.what_": "x", "tags.a-b c/d:e_1": "y"}),
        ({"größe": 1}, {"größe": "1"}),
    ],
)
def test_params_are_text_under_dotted_names_that_mlflow_accepts(config, params):
    assert flat_params(config) == params
