import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from experiments.callbacks.learning_rate import LearningRate
from experiments.callbacks.tensorboard import TensorBoard


@pytest.mark.parametrize(("before", "rates"), [([LearningRate()], [0.2, 0.2]), ([], [0.2, 0.1])])
def test_it_writes_the_rate_of_the_logs_where_there_is_one(tmp_path, before, rates):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([1], [0.2, 0.1])
    model.compile(keras.optimizers.SGD(schedule), "mse", run_eagerly=True)
    board = TensorBoard(log_dir=str(tmp_path), write_graph=False)

    model.fit(np.zeros((2, 1)), np.zeros((2, 1)), batch_size=2, epochs=2, verbose=0, callbacks=[*before, board])

    (file,) = tmp_path.glob("train/*")
    events = EventAccumulator(str(file)).Reload()
    assert [
        float(tf.make_ndarray(event.tensor_proto)) for event in events.Tensors("epoch_learning_rate")
    ] == pytest.approx(rates)
