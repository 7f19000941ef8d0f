import gc

import keras
import numpy as np
import pytest
from tensorflow.python.framework.func_graph import FuncGraph

from experiments.trainers.gradient_tape import GradientTape
from experiments.trainers.keras_fit import KerasFit
from experiments.trainers.one_replica import one_replica
from experiments.types import Split, Splits

SPLIT = Split(inputs=np.ones((8, 3), np.float32), labels=np.ones((8, 1), np.float32))
SPLITS = Splits(
    train=SPLIT,
    validation=SPLIT,
    test=SPLIT,
    name="ones",
    kind="table",
    target="number",
    class_names=(),
    unit="",
    origin="",
    digests={},
    fingerprint="",
)


@pytest.fixture(autouse=True)
def full_precision_afterwards():
    """Leave no 16-bit layers to the tests of other files."""
    yield
    keras.config.set_dtype_policy("float32")


def fit_and_forget(trainer, optimizer, precision):
    made = trainer(epochs=1, batch_size=4, verbose=0, mixed_precision=precision)
    made.prepare(seed=0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(optimizer(), "mse")
    made.fit(model, SPLITS, [])


def graphs():
    gc.collect()
    return sum(type(found) is FuncGraph for found in gc.get_objects())


@pytest.mark.parametrize(
    ("trainer", "optimizer", "precision"),
    [(KerasFit, keras.optimizers.Adam, None), (GradientTape, keras.optimizers.AdamW, "mixed_float16")],
)
def test_no_graph_outlives_the_training_of_its_model(trainer, optimizer, precision):
    fit_and_forget(trainer, optimizer, precision)
    before = graphs()

    for _ in range(2):
        fit_and_forget(trainer, optimizer, precision)

    assert graphs() <= before


def test_the_optimizer_is_as_it_was_after_the_block():
    optimizer = keras.optimizers.SGD()

    with one_replica(optimizer):
        assert "_all_reduce_sum_gradients" in vars(optimizer)

    assert "_all_reduce_sum_gradients" not in vars(optimizer)
