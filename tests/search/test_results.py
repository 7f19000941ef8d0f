import csv

import optuna
import pytest
import yaml
from optuna.trial import TrialState

from experiments.search.results import best_command, print_results, rank, write_results
from experiments.search.space import Knob, Space

DISTRIBUTION = optuna.distributions.IntDistribution(1, 99)
SPACE = Space(knobs=[Knob(key="+x", distribution=DISTRIBUTION)], fixed=["model=mlp", "name=a b"])


def told(study, *values):
    for value in values:
        trial = study.ask(SPACE.distributions())
        study.tell(trial, value, state=None if value is not None else TrialState.PRUNED)
    return study


@pytest.mark.parametrize(("direction", "order"), [("maximize", [1, 2, 0, 3]), ("minimize", [0, 2, 1, 3])])
def test_complete_trials_are_ranked_first(direction, order):
    study = told(optuna.create_study(direction=direction), 0.1, 0.9, 0.5, None)
    repeated = study.ask()
    repeated.set_user_attr("state", "repeated")
    study.tell(repeated, state=TrialState.FAIL)

    assert [trial.number for trial in rank(study)] == order


def test_the_best_can_be_pasted_into_a_shell():
    study = told(optuna.create_study(), 0.1)

    x = study.best_params["x"]
    assert best_command(SPACE, study.best_trial) == f"python -m experiments.train model=mlp 'name=a b' +x={x}"


def test_repeats_have_a_mean_and_a_standard_deviation(tmp_path, said):
    seeds = optuna.distributions.CategoricalDistribution([1, 2, 3])
    study = optuna.create_study(direction="maximize")
    for value in (0.8, 0.9, 1.0):
        study.tell(study.ask({"seed": seeds}), value)

    space = Space(knobs=[Knob(key="seed", distribution=seeds, texts={1: "1", 2: "2", 3: "3"})], fixed=[])
    findings = write_results(study, space, folder=tmp_path, metric="val_accuracy", seconds=1)
    print_results(findings, study="s", metric="val_accuracy", parent="", registered="")

    assert "val_accuracy over 3 repeats: 0.9000 ± 0.1000 (mean ± standard deviation)" in said()


def test_several_objectives_leave_their_front(tmp_path, said):
    study = optuna.create_study(directions=["maximize", "minimize"])
    for values in ([0.5, 10], [0.9, 99], [0.4, 50]):
        study.tell(study.ask(SPACE.distributions()), values)

    findings = write_results(study, SPACE, folder=tmp_path, metric="val_accuracy", seconds=1)
    print_results(findings, study="s", metric="val_accuracy", parent="", registered="")

    front = yaml.safe_load((tmp_path / "optimization_results.yaml").read_text())["solutions"]
    assert sorted(solution["values"] for solution in front) == [[0.5, 10.0], [0.9, 99.0]]
    with (tmp_path / "results/trials.csv").open() as file:
        assert [row["value"] for row in csv.DictReader(file)] == ["0.9 99.0", "0.5 10.0", "0.4 50.0"]
    assert "0.9000, 99.0000" in said().splitlines()[2]
    assert (findings.tags["best.trial"], findings.metrics["best_val_accuracy"]) == ("1", 0.9)


@pytest.mark.parametrize("pictures", [True, False])
def test_the_study_is_drawn_unless_no_pictures_are_wanted(tmp_path, pictures):
    study = optuna.create_study(direction="maximize")
    study.tell(study.ask(SPACE.distributions()), 0.5)

    write_results(study, SPACE, folder=tmp_path, metric="val_accuracy", seconds=1, pictures=pictures)

    assert (tmp_path / "results/plots/optimization_history.png").is_file() == pictures
    assert (tmp_path / "results/trials.csv").is_file()


def test_results_are_written_although_the_pictures_fail(tmp_path, monkeypatch, said):
    def fails(*_, **__):
        raise ValueError("no kaleido")

    monkeypatch.setattr("experiments.search.results.draw_study", fails)

    findings = write_results(told(optuna.create_study(), 0.5), SPACE, folder=tmp_path, metric="val_loss", seconds=1)

    assert findings.command
    assert (tmp_path / "results/trials.csv").is_file()
    assert said().endswith("plots could not be drawn: ValueError: no kaleido. Everything else goes on.")
