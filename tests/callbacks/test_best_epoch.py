import math

import keras
import numpy as np
import pytest

from experiments.callbacks.best_epoch import BestEpoch
from experiments.data.scikit_learn import digits
from experiments.types import Objective

RAW = digits()
TRAIN = RAW.train_inputs[:64] / 16, RAW.train_labels[:64]
VALIDATION = RAW.test_inputs[:64] / 16, RAW.test_labels[:64]
NAN, INF = math.nan, math.inf


def perceptron():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)  # nothing to trace
    return model


def fit(best, script, *others):
    """Train a real model; ``script`` has the values that stand in for its metrics, one for each epoch.

    Returns the model and its weights after each epoch.
    """
    model, weights = perceptron(), []
    says = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: logs.update({name: values[epoch] for name, values in script.items()})
    )
    keeps = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: weights.append(model.get_weights()))
    epochs = len(next(iter(script.values())))
    model.fit(*TRAIN, epochs=epochs, callbacks=[says, best, keeps, *others], verbose=0)
    return model, weights


def same(weights, others):
    return all(np.array_equal(a, b) for a, b in zip(weights, others, strict=True))


@pytest.mark.parametrize(
    ("mode", "values", "epoch"),
    [
        ("max", [0.1, 0.3, 0.2], 2),
        ("min", [0.3, 0.1, 0.2], 2),
        ("max", [0.1, 0.2, 0.3], 3),
        ("min", [0.1, 0.2, 0.3], 1),
        ("max", [0.2, 0.3, 0.3], 2),  # the earlier of two equals
        ("max", [-0.3, -0.2, -0.4], 2),
        ("min", [0.0, 0.1, 0.2], 1),  # 0 is a value
        ("max", [NAN, 0.1, 0.3, NAN, 0.2], 3),
        ("min", [NAN, 0.3, 0.1, NAN, 0.2], 3),
        ("max", [0.3, INF, 0.2], 1),
        ("min", [0.2, -INF, 0.3], 1),
    ],
)
def test_the_best_epoch_is_kept_and_given_back(mode, values, epoch):
    best = BestEpoch(Objective(metric="val_score", mode=mode))
    model, weights = fit(best, {"val_score": values})

    best.restore()

    assert best.epoch == epoch
    assert best.metrics["val_score"] == values[epoch - 1]
    assert same(model.get_weights(), weights[epoch - 1])
    assert not any(same(model.get_weights(), other) for other in weights[: epoch - 1] + weights[epoch:])


def test_an_epoch_whose_loss_is_not_a_number_is_not_the_best():
    best = BestEpoch(Objective(metric="val_score", mode="max"))

    fit(best, {"val_score": [0.1, 0.9, 0.8], "loss": [2.0, NAN, INF]})

    assert best.epoch == 1


@pytest.mark.parametrize("script", [{"val_score": [NAN, NAN]}, {"val_other": [0.1, 0.2]}])
def test_nothing_to_restore_leaves_the_model_alone(script):
    best = BestEpoch(Objective(metric="val_score", mode="max"))
    model, weights = fit(best, script)

    best.restore()

    assert (best.epoch, best.metrics) == (0, {})
    assert same(model.get_weights(), weights[-1])


def test_history_is_that_of_keras():
    best = BestEpoch(Objective(metric="val_score", mode="max"))

    model, _ = fit(best, {"val_score": [NAN, 0.5, 0.1]})

    assert set(best.history) == {"loss", "val_score"}
    np.testing.assert_equal(best.history, model.history.history)


def test_an_interrupted_run_keeps_what_it_reached():
    best = BestEpoch(Objective(metric="val_score", mode="max"))

    def interrupt(epoch, logs):
        if epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(best, {"val_score": [0.1, 0.2, 0.3]}, keras.callbacks.LambdaCallback(on_epoch_begin=interrupt))

    assert best.epoch == 2
    assert best.history["val_score"] == [0.1, 0.2]


def test_restored_weights_score_as_the_best_epoch_did():
    model, best = perceptron(), BestEpoch(Objective(metric="val_loss", mode="min"))
    spoils_the_third = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 50.0 if epoch == 2 else 0.1)
    model.fit(*TRAIN, epochs=3, validation_data=VALIDATION, callbacks=[spoils_the_third, best], verbose=0)
    spoilt = model.evaluate(*VALIDATION, verbose=0)

    best.restore()

    assert best.epoch == 2
    assert model.evaluate(*VALIDATION, verbose=0) == pytest.approx(best.metrics["val_loss"], rel=1e-5)
    assert best.metrics["val_loss"] < spoilt / 2


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_averaged_weights_that_are_scored_are_those_that_are_kept(swap_on_epoch):
    model, best = perceptron(), BestEpoch(Objective(metric="val_loss", mode="min"))
    model.compile(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9), model.loss, run_eagerly=True)
    averages = keras.callbacks.SwapEMAWeights(swap_on_epoch=swap_on_epoch)
    model.fit(*TRAIN, batch_size=16, epochs=2, validation_data=VALIDATION, callbacks=[best, averages], verbose=0)

    best.restore()

    assert model.evaluate(*VALIDATION, verbose=0) == pytest.approx(best.metrics["val_loss"], rel=1e-5)
