import keras
import numpy as np
import pytest

from experiments.errors import UserError
from experiments.models.weights_file import check_weights_file, load_weights_file


def dense(*units, name="net"):
    stack = [keras.layers.Dense(width, name=f"layer_{number}") for number, width in enumerate(units)]
    return keras.Sequential([keras.Input((3,)), *stack], name=name)


@pytest.fixture(params=["of.weights.h5", "of.h5", "of.keras"])
def file(request, tmp_path):
    model = dense(4, 2)
    path = tmp_path / request.param
    (model.save_weights if "weights" in request.param else model.save)(path)
    return model, str(path)


def test_a_model_is_given_the_weights_of_each_form(file):
    model, path = file
    other = dense(4, 2)

    load_weights_file(other, path, key="weights")

    assert all(map(np.array_equal, other.get_weights(), model.get_weights()))


@pytest.mark.parametrize(
    ("units", "reason"),
    [
        ([4, 5], r"kernel of layer layer_1 has shape \(4, 5\), in the file \(4, 2\)"),
        ([4, 2, 2], r"layer layer_2 has 2 weights, in the file 0|it has 3 layers with weights, the file 2"),
        ([4], r"it has 2 weights, the file 4|it has 1 layers with weights, the file 2"),
    ],
)
def test_weights_of_another_model_are_refused_and_leave_it_as_it_was(file, units, reason):
    other = dense(*units)
    before = other.get_weights()

    with pytest.raises(UserError, match=f"^model.weights={file[1]} does not fit the model net: ({reason}).$"):
        load_weights_file(other, file[1], key="model.weights")

    assert all(map(np.array_equal, other.get_weights(), before))


@pytest.mark.parametrize("name", ["text.h5", "text.weights.h5", "text.keras"])
def test_a_file_of_something_else_is_one_clear_error(tmp_path, name):
    (tmp_path / name).write_text("no weights")

    with pytest.raises(UserError, match=r"weights=.*does not fit the model net: \w+"):
        load_weights_file(dense(2), str(tmp_path / name), key="weights")


@pytest.mark.parametrize(
    ("path", "fragment"),
    [
        (
            "/nowhere/a.h5",
            "the file of weights /nowhere/a.h5 is missing. Set model.weights=FILE.",
        ),
        ("imagnet", "model.weights must be a file that ends in .weights.h5 or .h5 or .keras, got 'imagnet'"),
    ],
)
def test_what_is_no_file_of_weights_is_refused(path, fragment):
    with pytest.raises(UserError) as refusal:
        check_weights_file(path, key="model.weights")

    assert fragment in str(refusal.value)
