import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import optuna

from experiments.search.open_sweep import OpenSweep
from experiments.search.space import Space
from experiments.search.storage import StudyStorage
from experiments.search.study import Budget, open_study
from experiments.types import Objective

SPACE = ("optimizer.learning_rate=tag(log,interval(1e-5,1e-1))", "model.dropout=interval(0,0.5)")


def test_two_commands_that_begin_together_have_one_parent_run(tmp_path):
    storage = StudyStorage(url=f"journal://{tmp_path}/log", folder=tmp_path)
    study, leases = open_study(storage, name="s", directions=["maximize"])
    sweep = OpenSweep(
        space=Space(knobs=[], fixed=[]),
        objective=Objective(metric="val_accuracy", mode="max"),
        directions=["maximize"],
        storage=storage,
        study=study,
        leases=leases,
        budget=Budget(n_trials=1),
        pictures=False,
    )

    def open_slowly(name, *, run_id, **_):
        time.sleep(0.2)
        return run_id or uuid.uuid4().hex

    with ThreadPoolExecutor(2) as commands:
        tags = list(commands.map(sweep.open_parent, [SimpleNamespace(open=open_slowly)] * 2))

    assert tags[0] == tags[1]


def test_parameters_to_try_first_are_tried_first(sweep):
    sweep.run(*SPACE, "hydra.sweeper.n_trials=2", "hydra.sweeper.enqueue=[{model.dropout:0.25}]")

    assert sweep.calls()[0][2] == "0.25"


def test_other_parameters_to_try_first_are_tried_too_when_a_study_goes_on(sweep):
    for n_trials, dropouts in enumerate(([0.25], [0.35, 0.25]), 1):
        first = ",".join(f"{{model.dropout:{dropout}}}" for dropout in dropouts)
        sweep.run(*SPACE, f"hydra.sweeper.n_trials={n_trials}", f"hydra.sweeper.enqueue=[{first}]")

    assert [call[2] for call in sweep.calls()] == ["0.25", "0.35"]
    assert sweep.states() == {"complete": 2}


def test_settings_that_leave_results_as_they_are_may_change(sweep):
    for more in ("trainer.threads=1", "trainer.threads=2"):
        done = sweep.run("model.dropout=range(0.1,0.9,0.2)", "hydra/sweeper/sampler=grid", more)
        assert done.returncode == 0, done.stderr

    assert [call[2] for call in sweep.calls()] == ["0.1", "0.3", "0.5", "0.7"]


def test_a_changed_space_or_config_is_refused_with_the_difference(sweep):
    sweep.run(*SPACE, "hydra.sweeper.n_trials=2")

    refused = sweep.run("optimizer.learning_rate=interval(0.1,0.2)", SPACE[1], "model.l2=0.1")

    assert refused.returncode == 1
    assert "model.l2: 0.0 -> 0.1" in refused.stderr
    assert "search optimizer.learning_rate: tag(log, interval(1e-05, 0.1)) -> interval(0.1, 0.2)" in refused.stderr
    assert "hydra.sweeper.study_name=NAME" in refused.stderr
    assert len(sweep.calls()) == 2


def test_a_changed_space_makes_a_new_study_where_asked_which_can_start_from_the_old_ones_best(sweep):
    sweep.run(*SPACE, "hydra.sweeper.n_trials=2")
    new = (SPACE[0], "model.dropout=interval(0,0.6)", "hydra.sweeper.on_change=new_study", "hydra.sweeper.n_trials=1")

    for _ in range(2):
        done = sweep.run(*new, "hydra.sweeper.warm_start=s")

    assert "study    s-v2, 1 trials" in done.stdout
    assert len(sweep.calls()) == 3
    assert float(sweep.calls()[2][2]) == sweep.study.best_params["model.dropout"]


def test_a_study_can_start_from_the_best_of_one_with_other_choices(sweep):
    more = ("hydra.sweeper.n_trials=1", "hydra.sweeper.on_change=new_study", "hydra.sweeper.warm_start=s")
    sweep.run(SPACE[1], "model.units=[64],[32]", "hydra.sweeper.n_trials=1")

    done = sweep.run(SPACE[1], "model.units=[16],[8]", *more)

    assert done.returncode == 0, done.stderr
    assert [float(call[2]) for call in sweep.calls()] == [sweep.study.best_params["model.dropout"]] * 2


def test_an_earlier_study_that_a_database_does_not_hold_is_refused_and_not_made(sweep):
    url = f"sqlite:///{sweep.folder}/study.db"

    refused = sweep.run(SPACE[1], f"hydra.sweeper.storage='{url}'", "hydra.sweeper.warm_start=t")

    assert refused.returncode == 1
    assert f"hydra.sweeper.warm_start=t: there is no such study in {url}." in refused.stderr
    assert optuna.get_all_study_names(url) == ["s"]
