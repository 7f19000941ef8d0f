import pytest

from experiments.trainers import schedules


@pytest.mark.parametrize(
    ("made", "knobs", "rates"),
    [
        ("exponential", {"rate": 0.5}, {0: 1, 5: 0.5**0.5, 10: 0.5, 20: 0.25}),
        ("exponential", {"rate": 0.5, "epochs": 2, "staircase": True}, {0: 1, 19: 1, 20: 0.5, 40: 0.25}),
        ("inverse_time", {"decay": 1.0}, {0: 1, 10: 1 / 2, 20: 1 / 3}),
        ("inverse_time", {"decay": 1.0, "staircase": True}, {9: 1, 10: 1 / 2, 19: 1 / 2}),
        ("cosine", {"epochs": 4}, {0: 1, 20: 0.5, 40: 0, 50: 0}),
        ("cosine", {"epochs": 4, "final_share": 0.2}, {20: 0.6, 40: 0.2}),
        ("warm_up", {"epochs": 5, "warm_up_share": 0.2}, {0: 0, 5: 0.5, 10: 1, 30: 0.5, 50: 0}),
        ("piecewise", {"boundaries": [1, 3], "factors": [1, 0.1, 2]}, {0: 1, 9: 1, 10: 0.1, 29: 0.1, 30: 2}),
    ],
)
def test_lengths_are_in_epochs_and_rates_in_shares_of_the_learning_rate(made, knobs, rates):
    schedule = getattr(schedules, made)(learning_rate=0.4, steps_per_epoch=10, **knobs)

    assert {step: float(schedule(step)) for step in rates} == pytest.approx(
        {step: 0.4 * rate for step, rate in rates.items()}, abs=1e-6
    )


@pytest.mark.parametrize(
    ("made", "knobs", "message"),
    [
        ("warm_up", {"epochs": 2, "warm_up_share": 1.0}, r"warm_up_share must be in \(0, 1\), got 1"),
        ("piecewise", {"boundaries": [3], "factors": [1]}, r"one more than boundaries=\[3\], got \[1\]"),
        ("piecewise", {"boundaries": [3, 2], "factors": [1, 1, 1]}, r"boundaries must ascend, got \[3, 2\]"),
        ("piecewise", {"boundaries": [3], "factors": [1, 0]}, r"factors must be > 0, got \[1, 0\]"),
    ],
)
def test_what_does_not_fit_is_refused(made, knobs, message):
    with pytest.raises(ValueError, match=message):
        getattr(schedules, made)(learning_rate=0.4, steps_per_epoch=10, **knobs)
