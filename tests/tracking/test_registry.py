import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from types import SimpleNamespace

import mlflow
import numpy as np
import pytest

from experiments.tracking.registry import NoRegistry, Registry, noted, offer_noted
from experiments.types import Candidate

CANDIDATE = Candidate(
    model_uri="models:/m-1",
    run_id="i",
    run_name="r",
    metric="val_accuracy",
    mode="max",
    value=0.9,
    data_name="digits",
    fingerprint="f",
    test={},
)


@pytest.fixture
def client(tmp_path):
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    return mlflow.MlflowClient(uri, registry_uri=uri)


@pytest.fixture
def offer(run, tmp_path):
    return lambda *overrides: run(f"paths.store={tmp_path}", "model=mlp", "data=digits", "pictures=none", *overrides)


def champion(client):
    return client.get_model_version_by_alias("digits", "champion")


def versions(client):
    return len(client.search_model_versions("name = 'digits'"))


def test_only_a_better_model_becomes_champion(client, offer):
    first = offer("trainer.epochs=1")
    assert champion(client).version == 1

    offer("optimizer.learning_rate=1e-6", "trainer.epochs=1")
    assert versions(client) == 1, "a worse one is not registered"

    better = offer("trainer.epochs=4")
    assert champion(client).version == 2
    assert champion(client).tags["run_name"] == better.record.name
    assert better.objective_value > first.objective_value

    offer("data.split_seed=1", "trainer.epochs=8")
    assert versions(client) == 2, "other data cannot be compared"

    offer("objective.metric=val_loss", "objective.mode=min", "trainer.epochs=8")
    assert versions(client) == 2, "another objective cannot be compared"

    offer("registry=always", "optimizer.learning_rate=1e-6", "trainer.epochs=1")
    assert champion(client).version == 3, "registry=always asks for no reason"


@dataclass(frozen=True)
class Board:
    """A registry of one's own."""

    place: str

    def offer(self, candidate):
        return f"{candidate.run_name} hangs at {self.place}"

    def settings(self):
        return {"place": self.place}


@pytest.mark.parametrize(("registry", "said"), [(Board("the door"), "r hangs at the door"), (NoRegistry(), "none)")])
def test_an_offer_that_was_noted_is_made_to_an_equal_registry(registry, said, monkeypatch):
    monkeypatch.setitem(sys.modules, __name__, SimpleNamespace(Board=Board))  # pytest imports it under no name
    waited = json.loads(json.dumps(noted(registry)))

    assert offer_noted(registry=waited, candidate=asdict(CANDIDATE)).endswith(said)


@pytest.mark.parametrize(
    ("setting", "fragment"),
    [
        ({"name": "mine/digits"}, r"name must be some text without / and :, got 'mine/digits'"),
        ({"name": "digits:best"}, "got 'digits:best'"),
        ({"name": " "}, "got ' '"),
        ({"alias": "latest"}, "neither latest nor such as v1, got 'latest'"),
        ({"alias": "V2"}, "got 'V2'"),
        ({"alias": "my best"}, "alias must be letters, digits, - and _"),
        ({"alias": ""}, "got ''"),
    ],
)
def test_what_mlflow_would_refuse_after_the_training_is_refused_before_it(setting, fragment):
    with pytest.raises(ValueError, match=fragment):
        Registry(**{"name": "digits", **setting})


def test_versions_say_what_they_are(client, offer):
    result = offer("trainer.epochs=1", "registry.name=named", "registry.alias=candidate")
    version = client.get_model_version_by_alias("named", "candidate")

    assert version.tags["objective.metric"] == "val_accuracy"
    assert float(version.tags["objective.value"]) == result.objective_value
    assert version.tags["data.fingerprint"] == result.splits.fingerprint
    assert version.tags["git.commit"]
    assert client.get_run(version.tags["run_id"]).info.run_name == result.record.name


@pytest.mark.parametrize("overrides", [["registry=none"], ["debug=fast"]])
def test_none_registers_nothing(client, offer, overrides):
    offer("trainer.epochs=1", *overrides)

    assert not client.search_registered_models()


def test_the_champion_predicts_the_same_in_a_fresh_process_from_another_folder(tmp_path, offer):
    result = offer("trainer.epochs=1")
    np.save(tmp_path / "inputs.npy", result.splits.test.inputs)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    program = (
        "import mlflow, numpy as np\n"
        "model = mlflow.pyfunc.load_model('models:/digits@champion')\n"
        f"np.save('predictions.npy', model.predict(np.load({str(tmp_path / 'inputs.npy')!r})))\n"
    )

    subprocess.run(
        [sys.executable, "-c", program],
        cwd=elsewhere,
        check=True,
        env=os.environ | {"MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/mlflow.db"},
    )

    assert np.array_equal(np.load(elsewhere / "predictions.npy"), result.test_predictions)
    saved = np.load(result.record.folder / "predictions" / "test.npz", allow_pickle=False)
    assert np.array_equal(saved["predictions"], result.test_predictions)
    assert json.loads((result.record.folder / "results.json").read_text())["test"] == dict(result.test)
