import pytest

from experiments.misfit import misfit


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (
            "A total of 2 objects could not be loaded. Example error message for object <Dense name=head, built=True>:"
            "\n\nThe shapes must match. variable.shape=(3, 2), Received: value.shape=(3, 1). Target variable: "
            "<Variable path=net/head/kernel, shape=(3, 2), value=[[\n0.1",
            "kernel of layer head has shape (3, 2), in the file (3, 1)",
        ),
        (
            "Shape mismatch in layer #1 (named head)for weight head/bias. Weight expects shape (2,). "
            "Received saved weight with shape (1,)",
            "bias of layer head has shape (2,), in the file (1,)",
        ),
        (
            "Layer count mismatch when loading weights from file. Model expected 54 layers, found 104 saved layers.",
            "it has 54 layers with weights, the file 104",
        ),
        (
            "Layer 'head' expected 2 variables, but received 0 variables during loading. Expected: ['kernel']",
            "layer head has 2 weights, in the file 0",
        ),
        ("Something else.\nand more", "Something else"),
    ],
)
def test_what_keras_says_in_one_line(said, line):
    assert misfit(ValueError(said)) == line
