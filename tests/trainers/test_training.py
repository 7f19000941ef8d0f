import keras
import pytest

from experiments.trainers.training import Training


@pytest.mark.parametrize(
    ("examples", "knobs", "steps", "steps_per_call"),
    [
        (64, {}, 2, 1),
        (65, {}, 3, 1),
        (800, {}, 25, 2),  # 13 calls
        (54_000, {}, 1688, 211),  # 8 calls
        (54_000, {"steps_per_execution": 100}, 1688, 100),
        (65, {"steps_per_execution": 100}, 3, 3),
        (65, {"batch_size": 1}, 65, 5),
    ],
)
def test_an_epoch_has_every_example_in_some_step(examples, knobs, steps, steps_per_call):
    training = Training(epochs=1, **knobs)

    assert training.steps(examples) == steps
    assert training.steps_per_call(steps) == steps_per_call


@pytest.mark.parametrize(("verbose", "verbosity"), [(0, 0), (1, 1), (2, 2), ("auto", 2)])  # there is no terminal here
def test_auto_is_a_line_an_epoch_where_there_is_no_terminal(verbose, verbosity):
    assert Training(epochs=1, verbose=verbose).verbosity == verbosity


def test_a_precision_lasts_until_the_next_run_is_prepared():
    policies = []
    for precision in ("mixed_float16", "mixed_bfloat16", None):
        Training(epochs=1, mixed_precision=precision).prepare(seed=0)
        layer = keras.layers.Dense(1)
        policies.append((layer.compute_dtype, layer.variable_dtype))

    assert policies == [("float16", "float32"), ("bfloat16", "float32"), ("float32", "float32")]
