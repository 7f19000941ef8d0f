import re
import shlex

import pytest

from experiments import deliver
from experiments.app import compose
from experiments.check import check, main, shipped_overrides
from experiments.errors import UserError
from experiments.paths import CONF


@pytest.mark.parametrize("overrides", shipped_overrides(), ids=lambda value: " ".join(value) or "defaults")
def test_every_shipped_config_can_be_used(overrides):
    assert check(overrides) is None


def test_no_shipped_file_is_left_out():
    checked = {override.replace("[", "").replace("]", "") for line in shipped_overrides() for override in line}
    unchecked = {
        f"{file.parent.name}={file.stem}"
        for file in CONF.glob("*/*.yaml")
        if file.parent.name not in {"paths", "hydra", "local"}  # always part of the defaults, or the user's own
    } - checked

    assert not unchecked


@pytest.mark.parametrize(
    ("overrides", "fragment"),
    [
        (["+optimizer.beta1=0.5"], "keras.optimizers.Adam has no argument 'beta1'. Did you mean 'beta_1'"),
        (["~model.outputs"], "experiments.models.cnn.cnn needs outputs"),
        (["model._target_=experiments.models.cnn.cn"], "has no 'cn'. Did you mean 'cnn'?"),
        (["task.metrics.accuracy._target_=keras.metric.Accuracy"], "there is no module 'keras.metric'"),
        (["data=wine"], "model=cnn takes image data"),
    ],
)
def test_a_config_that_cannot_be_used_is_refused(overrides, fragment):
    with pytest.raises(UserError) as refusal:
        check(overrides)

    assert fragment in str(refusal.value)


@pytest.mark.parametrize(
    ("arguments", "code", "said"), [(["model=mlp"], 0, "ok"), (["model=nope"], 1, "no such option")]
)
def test_the_command_says_what_it_found(capsys, arguments, code, said):
    assert main(arguments) == code
    assert said in capsys.readouterr().out


@pytest.mark.parametrize("command", [main, deliver.main])
def test_help_is_given(capsys, command):
    with pytest.raises(SystemExit) as end:
        command(["--help"])

    assert end.value.code == 0
    assert "overrides" in capsys.readouterr().out


def test_every_knob_of_a_yaml_file_is_explained():
    """The first line says what the file is and shows the command that uses it."""
    for file in CONF.glob("*/*.yaml"):
        lines = [line for line in file.read_text().splitlines() if not line.startswith("# @package")]
        assert lines[0].startswith("# "), file
        assert "`python -m experiments.train" in lines[0], file


@pytest.mark.parametrize("file", sorted((CONF / "task").glob("*.yaml")), ids=lambda file: file.stem)
def test_the_command_on_the_first_line_of_a_task_has_data_that_goes_with_it(file):
    command = re.search("`python -m experiments.train (.*)`", file.read_text())[1]

    assert compose("train", shlex.split(command))["task"]["name"] == file.stem
