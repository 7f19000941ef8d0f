import keras
import pytest

from experiments.saving.own_parts import own_parts, path_of


class Twice(keras.layers.Layer):
    def call(self, inputs):
        return 2 * inputs


class Small(keras.regularizers.Regularizer):
    def __call__(self, weights):
        return keras.ops.mean(keras.ops.abs(weights))


class Ones(keras.initializers.Initializer):
    def __call__(self, shape, dtype=None):
        return keras.ops.ones(shape, dtype)


class Positive(keras.constraints.Constraint):
    def __call__(self, weights):
        return keras.ops.abs(weights)


def half(numbers):
    return numbers / 2


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: keras.layers.Dense(1, activation="relu", kernel_regularizer="l2"), []),
        (Twice, [Twice]),
        (lambda: keras.layers.Dense(1, activation=half, kernel_regularizer=Small()), [half, Small]),
        (lambda: keras.layers.Dense(1, kernel_initializer=Ones(), bias_constraint=Positive()), [Ones, Positive]),
        (lambda: keras.Sequential([keras.layers.Lambda(half), Twice()]), [half, Twice]),
    ],
)
def test_what_keras_does_not_know_is_found_wherever_it_lies(make, expected):
    model = keras.Sequential([keras.Input((2,)), make()])

    assert set(own_parts(model)) == set(expected)


def test_a_part_is_named_by_the_path_that_imports_it():
    assert path_of(Twice) == f"{__name__}.Twice"
