from types import SimpleNamespace

import keras
import pytest

from experiments.plots.units import metric_units

PENALTY = [0.1]


@pytest.mark.parametrize(
    ("loss", "losses", "unit", "expected"),
    [
        (keras.losses.MeanSquaredError(), [], "k$", {"mae": "k$", "rmse": "k$", "mse": "k$²", "loss": "k$²"}),
        (keras.losses.MeanAbsoluteError(), [], "k$", {"mae": "k$", "loss": "k$"}),
        ("mse", [], "l/100 km", {"mae": "l/100 km", "loss": "(l/100 km)²"}),
        (keras.losses.MeanSquaredError(), PENALTY, "k$", {"mae": "k$", "loss": None}),
        (keras.losses.Huber(), [], "k$", {"mae": "k$", "loss": None, "accuracy": None}),
        (lambda true, predicted: predicted, [], "k$", {"loss": None}),
        (keras.losses.MeanSquaredError(), [], "", {"mae": None, "loss": None}),
    ],
)
def test_units_are_told_where_they_are_sure(loss, losses, unit, expected):
    result = SimpleNamespace(splits=SimpleNamespace(unit=unit), model=SimpleNamespace(loss=loss, losses=losses))

    units = metric_units(result)

    assert {name: units.get(name) for name in expected} == expected
