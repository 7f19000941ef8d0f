import numpy as np
import pytest

from experiments.predictions import class_probabilities, likeliest_classes

ONE = np.float32([[0.0], [0.5], [0.51], [1.0]])
THREE = np.float32([[0.2, 0.5, 0.3], [0.9, 0.1, 0.0]])


@pytest.mark.parametrize(("outputs", "classes"), [(ONE, [0, 0, 1, 1]), (THREE, [1, 0])])
def test_the_likeliest_class(outputs, classes):
    assert likeliest_classes(outputs).tolist() == classes


def test_one_output_is_the_probability_of_the_second_class():
    np.testing.assert_allclose(class_probabilities(ONE), [[1, 0], [0.5, 0.5], [0.49, 0.51], [0, 1]], atol=1e-6)


def test_probabilities_of_all_classes_stay_as_they_are():
    assert class_probabilities(THREE) is THREE
