import keras
import numpy as np
import pytest

from experiments.trainers.progress_bar import ProgressBar


@pytest.mark.parametrize(("steps", "ends", "shown"), [(3, (1, 3), "3/3"), (4, (1, 3), "4/4"), (None, (1, 3), "4/4")])
def test_the_bar_ends_at_the_last_step(capsys, steps, ends, shown):
    bar = ProgressBar()
    bar.set_params({"verbose": 1, "epochs": 1, "steps": steps})
    bar.on_train_begin()
    bar.on_epoch_begin(0)
    for end in ends:
        bar.on_train_batch_end(end, {"loss": 1.0})
    bar.on_epoch_end(0, {"loss": 1.0})

    output = capsys.readouterr().out
    assert shown in output
    assert steps is None or "4/3" not in output


def test_it_takes_the_place_of_keras_own(capsys):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", steps_per_execution=2)

    model.fit(np.zeros((3, 1)), np.zeros((3, 1)), batch_size=1, callbacks=[ProgressBar()])

    output = capsys.readouterr().out
    assert "3/3" in output
    assert output.count("\n") == 1, "one bar, not two"
