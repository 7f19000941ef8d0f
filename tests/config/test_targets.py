import sys

import pytest

from experiments.app import compose
from experiments.config.targets import check_target, targets
from experiments.errors import UserError

MINE = """
class Base:
    def __init__(self, *, name=None):
        self.name = name

class HandsOn(Base):
    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)

class Inherits(HandsOn):
    pass

class Closed(Base):
    def __init__(self, width, height=1):
        super().__init__()

class Supplies(HandsOn):
    def __init__(self, height, **kwargs):
        super().__init__(width=2 * height, **kwargs)

class Bare:
    pass

def positional(first, second=2):
    return first
"""


@pytest.fixture
def mine(monkeypatch, tmp_path) -> str:
    """A user's own module, importable for one test."""
    (tmp_path / "my_parts.py").write_text(MINE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "my_parts", raising=False)
    yield "my_parts"
    sys.modules.pop("my_parts", None)


def refusal(key: str, **node: object) -> str:
    with pytest.raises(UserError) as error:
        check_target(key, node)
    return str(error.value)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, []),
        ({"a": {"b": 1}}, []),
        ({"_target_": "x.A"}, [""]),
        ({"o": {"_target_": "x.A", "inner": {"deep": {"_target_": "x.B"}}}}, ["o", "o.inner.deep"]),
        ({"list": [{"_target_": "x.A"}], "n": None, "t": "_target_"}, []),
    ],
)
def test_every_target_is_found_outer_ones_first(config, expected):
    found = list(targets(config))

    assert [key for key, _ in found] == expected
    assert all(node["_target_"].startswith("x.") for _, node in found)


def test_every_target_of_a_composed_config_is_found():
    found = {
        key: node["_target_"]
        for key, node in targets(compose("train", ["callbacks=[lr_schedule]", "pictures=none", "saving.keras=null"]))
    }

    assert list(found) == [
        "data.source",
        "data.preprocessing",
        "model",
        "model.preprocessing",
        "optimizer",
        "task.loss",
        "task.metrics.accuracy",
        "callbacks.lr_schedule",
        "callbacks.lr_schedule.schedule",
        "trainer",
        "tracking",
        "registry",
    ]
    assert found["model.preprocessing"] == found["data.preprocessing"] == "keras.layers.Rescaling"


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ({"_target_": "mnits.mnist"}, "part._target_: there is no module 'mnits' (No module named 'mnits')."),
        (
            {"_target_": "experiments.data.mnist.mnst"},
            "part._target_: experiments.data.mnist has no 'mnst'. Did you mean 'mnist'?",
        ),
        (
            {"_target_": "experiments.data.mnist.mnist", "pth": "x"},
            "part.pth: experiments.data.mnist.mnist has no argument 'pth'. Did you mean 'path'? It takes path. "
            "Where a file has set it: '~part.pth'.",
        ),
        (
            {"_target_": "experiments.data.fashion_mnist.fashion_mnist", "path": None},
            "part: experiments.data.fashion_mnist.fashion_mnist needs download_folder. Set part.download_folder=VALUE.",
        ),
        ({"_target_": "experiments.paths.CONF"}, "part._target_: experiments.paths.CONF is a PosixPath, and no fun"),
        ({"_target_": "experiments.types.Objective"}, "part: experiments.types.Objective needs metric, mode."),
        ({"_target_": "my_parts.HandsOn"}, "part: my_parts.HandsOn needs width. Set part.width=VALUE."),
        ({"_target_": "my_parts.HandsOn", "width": 1, "nme": "x"}, "part.nme: my_parts.HandsOn has no argument 'nme'."),
        ({"_target_": "my_parts.Inherits", "name": "x"}, "part: my_parts.Inherits needs width."),
        (
            {"_target_": "my_parts.Closed", "width": 1, "name": "x"},
            "part.name: my_parts.Closed has no argument 'name'.",
        ),
        ({"_target_": "my_parts.Bare", "size": 1}, "part.size: my_parts.Bare has no argument 'size'."),
        (
            {"_target_": "my_parts.positional", "first": 1, "third": 3},
            "part.third: my_parts.positional has no argument",
        ),
    ],
)
def test_a_wrong_target_or_argument_is_refused_with_the_near_miss_and_the_cure(mine, node, message):
    assert refusal("part", **node).startswith(message)


@pytest.mark.parametrize(
    "node",
    [
        {"_target_": "experiments.data.mnist.mnist"},
        {"_target_": "experiments.data.mnist.mnist", "path": None},
        {"_target_": "experiments.types.Objective", "metric": "loss", "mode": "min", "_convert_": "all"},
        {"_target_": "my_parts.HandsOn", "width": 1, "name": "handed on to the base class"},
        {"_target_": "my_parts.Inherits", "width": 1, "name": "x", "_recursive_": False},
        {"_target_": "my_parts.Supplies", "height": 1, "name": "its base class needs a width and gets it"},
        {"_target_": "my_parts.Closed", "width": 1},
        {"_target_": "my_parts.Bare"},
        {"_target_": "my_parts.positional", "first": 1},
    ],
    ids=str,
)
def test_exactly_what_a_target_takes_is_accepted(mine, node):
    before = dict(node)

    assert check_target("part", node) is None
    assert node == before
    assert "'no_such_argument'" in refusal("part", **node, no_such_argument=1)


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ({"_target_": "keras.optimizers.Adam", "learning_rat": 1}, "Did you mean 'learning_rate'? It takes amsgrad,"),
        ({"_target_": "keras.optimizers.Adma"}, "Did you mean 'Adamax' or 'Adam' or 'AdamW'?"),
        ({"_target_": "keras.optimisers.Adam"}, "there is no module 'keras.optimisers'"),
        ({"_target_": "keras.layers.Dense", "activation": "relu"}, "keras.layers.Dense needs units"),
        ({"_target_": "keras.callbacks.EarlyStopping", "monitr": "loss"}, "Did you mean 'monitor'?"),
        ({"_target_": "keras.optimizers.SGD", "accepts": ["image"]}, "has no argument 'accepts'"),
    ],
)
def test_a_mistake_in_what_keras_is_given_is_refused(node, message):
    assert message in refusal("part", **node)


@pytest.mark.parametrize(
    "node",
    [
        {"_target_": "keras.optimizers.Adam", "learning_rate": 0.1, "clipnorm": None, "global_clipnorm": 1.0},
        {"_target_": "keras.layers.Dense", "units": 3, "name": "head", "dtype": "float32", "trainable": False},
        {"_target_": "keras.losses.SparseCategoricalCrossentropy", "from_logits": False},
    ],
    ids=str,
)
def test_arguments_that_keras_hands_on_to_its_base_classes_are_known(node):
    assert check_target("part", node) is None
    assert "'no_such_argument'" in refusal("part", **node, no_such_argument=1)


def test_what_a_model_accepts_is_for_the_crosschecks_and_not_an_argument():
    model = compose("train", ["model=mlp", "data=digits"])["model"]

    assert check_target("model", model) is None
    assert "'accepts'" in refusal("other", **model)


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        (
            "def f(:",
            "the module 'broken_parts' cannot be imported: SyntaxError: invalid syntax (broken_parts.py, line 1)",
        ),
        ("import nonexistent_pkg", "cannot be imported: ModuleNotFoundError: No module named 'nonexistent_pkg'."),
        ("1 / 0", "the module 'broken_parts' cannot be imported: ZeroDivisionError: division by zero."),
        ("from math import pie", "cannot be imported: ImportError: cannot import name 'pie' from 'math'"),
    ],
)
def test_a_module_of_ones_own_that_cannot_be_imported_is_told_from_one_that_is_not_there(
    monkeypatch, tmp_path, content, failure
):
    (tmp_path / "broken_parts.py").write_text(content)
    monkeypatch.syspath_prepend(tmp_path)

    assert refusal("task.loss", _target_="broken_parts.f").startswith("task.loss._target_: the module 'broken_parts'")
    assert failure in refusal("task.loss", _target_="broken_parts.f")
