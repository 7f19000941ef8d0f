import keras
import tensorflow as tf

from experiments.trainers.traced import traced_for_what_learns


def test_a_function_is_traced_anew_when_other_weights_are_to_learn_and_only_then():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3), keras.layers.Dense(1)])
    model.layers[0].trainable = False
    traces = []

    def count(number):
        traces.append(len(model.trainable_variables))
        return number + len(model.trainable_variables)

    call = traced_for_what_learns(model, count, signature=[tf.TensorSpec((), tf.int32)])

    assert [int(call(1)), int(call(2))] == [3, 4]
    model.layers[0].trainable = True
    assert [int(call(1)), int(call(2))] == [5, 6]
    assert traces == [2, 4]
