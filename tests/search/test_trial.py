from dataclasses import replace
from types import SimpleNamespace

import optuna
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

from experiments.search.trial import StudyTrial
from experiments.tracking.registry import NoRegistry, Registry, noted
from experiments.types import Candidate, Objective

CANDIDATE = Candidate(
    model_uri="models:/m-1",
    run_id="r",
    run_name="n",
    metric="val_accuracy",
    mode="max",
    value=0.9,
    data_name="digits",
    fingerprint="f",
    test={"loss": 1.0},
)
CLASSES = SimpleNamespace(unit="")


@pytest.fixture
def study():
    return optuna.create_study(direction="maximize", pruner=optuna.pruners.ThresholdPruner(lower=0.2))


def reporter(study, metric="val_accuracy"):
    trial = study.ask({"x": optuna.distributions.IntDistribution(3, 3)})
    objective = Objective(metric=metric, mode="max")
    return StudyTrial(trial=trial, study=study, objective=objective, tags={"study": "s"})


def test_the_run_is_tagged_with_its_trial_and_parameters(study):
    assert reporter(study).run_tags() == {"study": "s", "kind": "trial", "trial": "0", "params.x": "3"}


def test_epochs_reach_the_study_and_its_pruner_decides(study):
    trial = reporter(study)

    assert trial.report(1, 0.5) is False
    assert trial.report(2, 0.1) is True
    assert study.trials[0].intermediate_values == {1: 0.5, 2: 0.1}


def test_only_the_best_so_far_keeps_its_model(study):
    first, second = reporter(study), reporter(study)
    assert first.keeps_model(0.1)
    study.tell(first.trial, 0.5)

    assert not second.keeps_model(0.4)
    assert second.keeps_model(0.5), "of equals the study calls the first the best, which may end last"
    assert second.keeps_model(0.6)


def test_a_study_of_another_metric_prunes_by_no_epochs_and_keeps_every_model(study):
    first, second = (replace(reporter(study), by_objective=False) for _ in range(2))
    study.tell(first.trial, 1000.0)

    assert second.report(1, 0.1) is False
    assert second.keeps_model(0.4)


def test_several_objectives_are_never_pruned():
    trial = reporter(optuna.create_study(directions=["maximize", "minimize"]))

    assert trial.report(1, 0.0) is False
    assert trial.keeps_model(0.0)


def test_metrics_and_size_can_be_objectives_and_reach_tensorboard(study, tmp_path):
    trial = reporter(study)
    record = SimpleNamespace(folder=tmp_path, name="s-000")
    model = SimpleNamespace(count_params=lambda: 650)
    history = {"loss": [2.0, 1.0], "accuracy": [0.3, 0.6], "val_accuracy": [0.4, 0.5]}
    best = {"val_accuracy": 0.5}
    trial.finished(
        SimpleNamespace(record=record, best=best, best_epoch=2, model=model, history=history, splits=CLASSES)
    )

    events = EventAccumulator(str(tmp_path / "tensorboard/hparams")).Reload()
    assert [event.step for event in events.Tensors("best_val_accuracy")] == [2]
    started = events.summary_metadata["_hparams_/session_start_info"].plugin_data.content
    assert HParamsPluginData.FromString(started).session_start_info.hparams["x"].number_value == 3
    assert trial.trial.user_attrs["curves"] == {"validation": [0.4, 0.5], "training": [0.3, 0.6]}
    assert trial.values(["val_accuracy", "parameters", "nosuch"]) == [0.5, 650.0, None]


@pytest.mark.parametrize(
    ("metric", "history", "curves"),
    [
        ("accuracy", {"accuracy": [0.3]}, {"training": [0.3]}),
        ("accuracy", {"accuracy": [0.3], "val_accuracy": [0.2]}, {"validation": [0.2], "training": [0.3]}),
    ],
)
def test_curves_are_those_of_the_splits_that_there_are(study, tmp_path, metric, history, curves):
    trial = reporter(study, metric)
    record = SimpleNamespace(folder=tmp_path, name="s-0")
    model = SimpleNamespace(count_params=lambda: 1)

    best = {"accuracy": 0.3}
    trial.finished(
        SimpleNamespace(record=record, best=best, best_epoch=1, model=model, history=history, splits=CLASSES)
    )

    assert trial.trial.user_attrs["curves"] == curves


@pytest.mark.parametrize(("metric", "unit"), [("val_mae", "k$"), ("val_loss", "k$²"), ("val_huber", "")])
def test_the_unit_of_the_objective_is_noted_for_the_charts(study, tmp_path, metric, unit):
    trial = reporter(study, metric)
    record = SimpleNamespace(folder=tmp_path, name="s-0")
    model = SimpleNamespace(count_params=lambda: 1, loss="mse", losses=[])
    splits = SimpleNamespace(unit="k$")

    trial.finished(
        SimpleNamespace(record=record, best={metric: 0.3}, best_epoch=1, model=model, history={}, splits=splits)
    )

    assert trial.trial.user_attrs["unit"] == unit


def test_the_candidate_waits_for_the_end_of_the_sweep(study):
    trial = reporter(study)

    configured = Registry(name="digits", alias="best")

    said = trial.registry(configured).offer(CANDIDATE)

    assert "when the sweep ends" in said
    offer = study.trials[0].user_attrs["offer"]
    assert Candidate(**offer["candidate"]) == CANDIDATE
    assert offer["registry"] == noted(configured)


def test_a_trial_that_is_never_registered_says_so(study):
    trial = reporter(study)

    assert trial.registry(NoRegistry()).offer(CANDIDATE) == "not registered (registry=none)"
    assert study.trials[0].user_attrs["offer"]["registry"] == noted(NoRegistry())
