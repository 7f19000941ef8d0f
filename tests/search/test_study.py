import time
from types import SimpleNamespace

import optuna
import pytest
from optuna.distributions import FloatDistribution, IntDistribution
from optuna.trial import TrialState

from experiments.errors import UserError
from experiments.search.leases import FileLeases
from experiments.search.space import Knob, Space
from experiments.search.storage import StudyStorage
from experiments.search.study import (
    Budget,
    best_trial,
    claim,
    describe_once,
    failures,
    give_back,
    open_study,
    sampler_seed,
    take_back_lost,
    why_over,
)

SPACE = Space(knobs=[Knob(key="x", distribution=FloatDistribution(0, 1))], fixed=[])
FEW = Space(knobs=[Knob(key="x", distribution=IntDistribution(1, 2))], fixed=[])


@pytest.fixture
def study():
    return optuna.create_study(direction="maximize")


def take(study, budget, space=SPACE):
    return claim(study, space, budget, time.time())


def test_running_trials_count_as_used_budget(study):
    budget = Budget(n_trials=2)
    first, second = take(study, budget), take(study, budget)

    assert take(study, budget) is None
    study.tell(first, state=TrialState.FAIL)
    assert take(study, budget) is not None
    assert second is not None


def test_no_parameters_are_run_twice(study):
    budget = Budget(n_trials=10)

    assert {take(study, budget, FEW).params["x"] for _ in range(2)} == {1, 2}
    assert take(study, budget, FEW) is None


def test_a_space_that_only_the_run_knows_is_not_taken_for_repeats(study):
    nothing = Space(knobs=[], fixed=[])

    assert all(take(study, Budget(n_trials=3), nothing) for _ in range(3))
    assert len(study.trials) == 3


def test_a_sampler_that_repeats_itself_does_not_end_the_search_while_anything_is_untried(study):
    study.sampler = optuna.samplers.PartialFixedSampler({"x": 3}, optuna.samplers.RandomSampler())
    space = Space(knobs=[Knob(key="x", distribution=IntDistribution(1, 5))], fixed=[])

    taken = [take(study, Budget(n_trials=10), space) for _ in range(5)]

    assert {trial.params["x"] for trial in taken} == {1, 2, 3, 4, 5}
    assert take(study, Budget(n_trials=10), space) is None


@pytest.mark.parametrize("interval", [FloatDistribution(0, 1), FloatDistribution(1e-3, 1, log=True)])
def test_a_sampler_that_repeats_itself_does_not_end_an_endless_search(study, interval):
    study.sampler = optuna.samplers.PartialFixedSampler({"x": 0.5}, optuna.samplers.RandomSampler())
    space = Space(knobs=[Knob(key="x", distribution=interval)], fixed=[])

    taken = [take(study, Budget(n_trials=10), space) for _ in range(4)]

    assert len({trial.params["x"] for trial in taken}) == 4


def test_a_lost_trial_is_queued_again_with_the_same_parameters_a_few_times(study, tmp_path):
    budget = Budget(n_trials=10, max_retries=2)
    first = take(study, budget)
    for _ in range(2):
        take_back_lost(study, FileLeases(folder=tmp_path), budget)
        assert take(study, budget).params == first.params
    take_back_lost(study, FileLeases(folder=tmp_path), budget)

    assert take(study, budget).params != first.params
    assert [trial.user_attrs.get("retry_of") for trial in study.trials] == [None, 0, 1, None]
    assert [failed.user_attrs["reason"] for failed in failures(study)] == ["lost 3 times: its worker was lost"]


def test_a_queued_trial_that_is_lost_while_it_is_claimed_keeps_what_was_queued(study, tmp_path):
    study.enqueue_trial({"x": 0.25})
    study._pop_waiting_trial_id()  # as far as a worker came that was killed before it had written the parameters

    take_back_lost(study, FileLeases(folder=tmp_path), Budget(n_trials=10))

    assert take(study, Budget(n_trials=10)).params == {"x": 0.25}


def test_a_draw_that_is_lost_before_it_is_known_for_a_repetition_is_not_run(study, tmp_path):
    budget = Budget(n_trials=10)
    for _ in range(2):
        study.tell(take(study, budget, FEW), 0.5)
    study.ask(FEW.distributions())

    take_back_lost(study, FileLeases(folder=tmp_path), budget)

    assert take(study, budget, FEW) is None


def test_whoever_is_killed_before_a_lost_trial_is_queued_again_leaves_that_to_others(study, tmp_path, monkeypatch):
    budget, leases = Budget(n_trials=10), FileLeases(folder=tmp_path)
    first = take(study, budget)

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(study, "enqueue_trial", killed)
        with pytest.raises(KeyboardInterrupt):
            take_back_lost(study, leases, budget)
    for _ in range(2):
        take_back_lost(study, leases, budget)

    assert [trial.state for trial in study.trials] == [TrialState.FAIL, TrialState.WAITING]
    assert take(study, budget).params == first.params


def test_what_is_queued_twice_is_run_once_and_leaves_the_rest_of_the_queue_as_it_is(study):
    for x in [1] * 15 + [2]:
        study.enqueue_trial({"x": x})

    taken = [take(study, Budget(n_trials=10), FEW) for _ in range(4)]

    assert [trial.params["x"] for trial in taken if trial] == [1, 2]


def test_a_trial_that_another_machine_ends_first_is_left_as_it_is(study):
    budget = Budget(n_trials=10)
    trial = take(study, budget)
    lost = [study.trials[trial.number]]
    study.tell(trial, 0.5)

    take_back_lost(study, SimpleNamespace(lost=lambda study: lost), budget)

    assert [trial.state for trial in study.trials] == [TrialState.COMPLETE]


def test_a_trial_given_back_says_why(study):
    trial = take(study, Budget(n_trials=1))
    give_back(study, study.trials[trial.number], Budget(n_trials=1), reason="preempted")

    assert study.trials[0].user_attrs == {"state": "lost", "reason": "preempted"}
    assert study.trials[1].state == TrialState.WAITING


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (Budget(n_trials=3), "3 trials finished"),
        (Budget(n_trials=None, timeout=5), "5 seconds are over"),
        (Budget(n_trials=None, target=0.9), "trial 0 reached the target 0.9"),
        (Budget(n_trials=None, patience=2), "2 trials in a row did not better trial 0"),
        (Budget(n_trials=None, max_failures=0), "1 trials failed"),
        (Budget(n_trials=4, timeout=1000, target=0.95, patience=3, max_failures=1), ""),
    ],
)
def test_when_a_sweep_is_over(study, budget, said):
    for value in (0.9, 0.5, 0.6):
        study.tell(study.ask(), value)
    failed = study.ask()
    failed.set_user_attr("state", "failed")
    study.tell(failed, state=TrialState.FAIL)

    assert why_over(study, budget, began=time.time() - 10).startswith(said)
    assert bool(why_over(study, budget, began=time.time() - 10)) == bool(said)


def test_a_study_is_held_against_what_it_was_made_for(study):
    describe_once(study, {"model.l2": "0.0", "search x": "interval(0, 1)"})
    describe_once(study, {"model.l2": "0.0", "search x": "interval(0, 1)"})

    with pytest.raises(UserError, match=r"model\.l2: 0\.0 -> 0\.1"):
        describe_once(study, {"model.l2": "0.1", "search x": "interval(0, 1)"})


def test_a_study_of_an_earlier_version_may_have_noted_what_is_of_no_consequence(study):
    describe_once(study, {"model.l2": "0.0", "trainer.threads": "None", "saving.keras._target_": "'f'"})

    describe_once(study, {"model.l2": "0.0"})

    assert study.user_attrs["facts"]["model.l2"] == "0.0"


def test_a_study_of_other_directions_is_refused(tmp_path):
    storage = StudyStorage(url=f"journal://{tmp_path}/log", folder=tmp_path)
    open_study(storage, name="s", directions=["maximize"])

    with pytest.raises(UserError, match="not by"):
        open_study(storage, name="s", directions=["minimize"])


def test_seeds_differ_by_worker_and_resumption():
    seeds = {sampler_seed(seed, slot, trials) for seed in range(3) for slot in range(3) for trials in range(3)}

    assert len(seeds) == 27
    assert sampler_seed(1, 2, 3) == sampler_seed(1, 2, 3)


@pytest.mark.parametrize(("first", "best"), [("maximize", 1), ("minimize", 0)])
def test_the_best_of_several_objectives_is_the_one_that_is_ranked_first(first, best):
    study = optuna.create_study(directions=[first, "minimize"])
    assert best_trial(study) is None

    for values in ([0.5, 10], [0.9, 99], [0.9, 100]):
        study.tell(study.ask(SPACE.distributions()), values)

    assert best_trial(study).number == best
