import pytest

from experiments.app import compose
from experiments.config.outputs import check_outputs
from experiments.errors import UserError

BINARY = "task=binary_classification data=synthetic_texts model=text_average"
NUMBER = "task=regression data=auto_mpg model=mlp"


@pytest.mark.parametrize(
    ("overrides", "refusal"),
    [
        ("model.output_activation=linear", "model.logits=false needs model.output_activation=softmax"),
        ("model.output_activation=null", "which gives probabilities; got null. Leave out model.output_activation"),
        ("model.logits=true model.output_activation=softmax", "model.logits=true needs model.output_activation=linear"),
        ("model.output_activation=relu", "model.output_activation=relu makes no probabilities of an output for each"),
        ("model.logits=true task.output_activation=tanh", "task.output_activation=tanh makes no probabilities"),
        (f"{BINARY} model.output_activation=softmax", "=softmax makes no probabilities of one output. Leave it out"),
        ("task.loss.from_logits=true", "task.loss.from_logits=true, but model.logits=false. Set model.logits=true"),
        ("model.logits=true task.loss.from_logits=false", "task.loss.from_logits=false, but model.logits=true."),
        ("model.outputs=7", "model.outputs=7 does not fit task=classification, which needs 10 for the 10 classes"),
        ("task.outputs=7", "task.outputs=7 does not fit data=mnist, which has 10 classes."),
        (f"{NUMBER} model.outputs=3", "model.outputs=3 does not fit task=regression, which needs 1 for a number."),
        ("run_name=mine model.name='my_model/1'", "model.name must be letters, digits, '_', '.' and '-'"),
        ("model.name=_mine", "got '_mine'."),
    ],
)
def test_outputs_that_contradict_each_other_are_refused(overrides, refusal):
    with pytest.raises(UserError) as error:
        compose("train", overrides.split())

    assert refusal in str(error.value)


@pytest.mark.parametrize(
    ("overrides", "outputs"),
    [
        ("model.output_activation=sigmoid", 10),
        ("model.logits=true model.output_activation=null", 10),
        ("data.num_classes=null", None),
        (NUMBER, 1),
        (f"{NUMBER} model.output_activation=softplus", 1),
        (f"{BINARY} model.output_activation=hard_sigmoid", 1),
        ("model.output_activation='mine>probabilities'", 10),
        (f"{NUMBER} task.outputs=2", 2),
        (f"{NUMBER} model.name=mine-2.0", 1),
    ],
)
def test_outputs_that_fit_are_accepted(overrides, outputs):
    assert compose("train", [*overrides.split(), "data.class_names=null"])["model"]["outputs"] == outputs


def test_the_data_has_the_last_word_on_the_number_of_outputs():
    task = {"name": "classification", "target": "classes", "outputs": None}

    check_outputs({"outputs": None}, task, 3, data_name="mine")
    with pytest.raises(UserError, match=r"model\.outputs=7 .* the 3 classes of data=mine"):
        check_outputs({"outputs": 7}, task, 3, data_name="mine")
