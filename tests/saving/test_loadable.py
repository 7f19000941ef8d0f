import random
from functools import partial

import keras
import numpy as np
import pytest

from experiments.errors import UserError
from experiments.saving.loadable import check_loadable

IMAGES = np.random.default_rng(0).integers(0, 17, (4, 8, 8, 1)).astype("uint8")


class Times(keras.layers.Layer):
    """Keras writes its arguments down by itself."""

    def __init__(self, factor=1.0, **options):
        super().__init__(**options)
        self.factor = factor

    def call(self, inputs):
        return self.factor * inputs


class Forgets(Times):
    def get_config(self):
        return {**super().get_config(), "factor": 1.0}


class NoOptions(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.inner = keras.layers.Dense(units)

    def call(self, inputs):
        return self.inner(inputs)


class Unwritten(Times):
    def get_config(self):
        return {**super().get_config(), "factor": object()}


class Noisy(keras.layers.Layer):
    """Random when it predicts, too."""

    def __init__(self, **options):
        super().__init__(**options)
        self.seeds = keras.random.SeedGenerator(0)

    def call(self, inputs):
        return keras.random.dropout(inputs, 0.5, seed=self.seeds)


def network(*layers):
    return keras.Sequential(
        [keras.Input((8, 8, 1), dtype="uint8"), keras.layers.Rescaling(1 / 16), keras.layers.Flatten(), *layers],
        name="mine",
    )


def with_operation():
    inputs = keras.Input((8, 8, 1), dtype="uint8")
    return keras.Model(inputs, keras.ops.sin(network()(inputs)), name="mine")


FORGETS = "saving=keras cannot hold mine: loaded again, it would predict otherwise. Let "


@pytest.mark.parametrize(
    ("make", "forms", "line"),
    [
        (lambda: network(Forgets(3.0)), {"keras"}, FORGETS + r".* of \S+\.Forgets agree on every argument, or choose"),
        (lambda: network(NoOptions(3)), {"architecture"}, "saving=architecture cannot hold mine: .* 'trainable'. Let "),
        (lambda: network(Unwritten(3.0)), {"saved_model"}, "mine cannot be kept: Cannot serialize object"),
        (lambda: network(keras.layers.Lambda(partial(np.multiply, 2))), set(), "mine cannot be kept: Cannot"),
        (with_operation, {"keras", "h5"}, "saving=h5 cannot hold mine: .* the operation Sin. Choose saving=keras"),
    ],
)
def test_a_form_that_would_not_give_the_model_back_is_refused(make, forms, line):
    with pytest.raises(UserError, match=line):
        check_loadable(make(), forms, IMAGES)


@pytest.mark.parametrize(
    ("make", "forms"),
    [
        (lambda: network(Times(3.0)), {"keras", "h5"}),
        (lambda: network(Noisy()), {"keras"}),
        (lambda: network(Forgets(3.0)), {"saved_model", "weights"}),
        (lambda: network(keras.layers.Dense(3)), {"keras", "h5", "architecture"}),
        (with_operation, {"keras", "architecture"}),
    ],
)
def test_a_form_that_gives_the_model_back_is_taken_and_no_random_number_is_drawn(make, forms):
    model = make()
    random.seed(0)
    before = random.getstate()

    check_loadable(model, forms, IMAGES)

    assert random.getstate() == before
