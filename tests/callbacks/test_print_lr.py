import keras
import numpy as np

from experiments.callbacks.print_lr import PrintLR


def test_each_epoch_says_its_rate(capsys):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse", run_eagerly=True)
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch else rate)

    model.fit(np.zeros((2, 1)), np.zeros((2, 1)), epochs=2, verbose=0, callbacks=[halve, PrintLR()])

    assert capsys.readouterr().out.split("\n")[1::2] == [
        "Learning rate for epoch 1 is 0.1",
        "Learning rate for epoch 2 is 0.05",
    ]
