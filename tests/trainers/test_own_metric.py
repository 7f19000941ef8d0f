import keras
import numpy as np
import pytest

from experiments.trainers.own_metric import own_metric


def distance(labels, outputs, power=1):
    return keras.ops.abs(labels - outputs) ** power


@pytest.mark.parametrize("shape", [(3,), (3, 1)])
@pytest.mark.parametrize(("options", "mean"), [({}, 2), ({"power": 2}, 14 / 3)])
def test_it_is_the_mean_over_the_examples_of_every_batch(shape, options, mean):
    metric = own_metric(distance, name="mine", **options)

    for rows in (slice(2), slice(2, 3)):
        metric.update_state(np.array([1.0, 2.0, 3.0])[rows], np.array([2.0, 4.0, 6.0]).reshape(shape)[rows])

    assert float(metric.result()) == pytest.approx(mean)
    assert metric.name == "mine"
