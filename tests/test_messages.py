import json

import pytest
from hydra.errors import ConfigCompositionException
from omegaconf import OmegaConf

from experiments.app import compose
from experiments.errors import TrainingDiverged, UserError
from experiments.messages import explain


def explained(*overrides: str) -> str:
    """Compose for real and return what the user would read."""
    with pytest.raises(Exception) as error:  # noqa: PT011  (which one is Hydra's affair)
        compose("train", overrides)
    return explain(error.value)


@pytest.mark.parametrize(
    ("overrides", "fragments"),
    [
        # an unknown option of a group
        (
            "model=cn",
            [
                "model=cn: there is no such option.",
                "Did you mean 'cnn'?",
                "Available: basic_cnn, cifar_cnn, cnn, image_transfer,",
            ],
        ),
        ("data=minst", ["data=minst:", "Did you mean 'mnist'", "Available: auto_mpg, boston_housing,"]),
        ("experiment=nope", ["experiment=nope: there is no such option. Available:", "mnist_quickstart"]),
        ("callbacks=[default,tensorbord]", ["callbacks=tensorbord:", "Did you mean 'tensorboard'?"]),
        # not in Hydra's grammar
        (
            "data.path=/a=c.npz",
            ["'data.path=/a=c.npz': the value is not in Hydra's grammar", """'data.path="/a=c.npz"'"""],
        ),
        ("data.class_names=[고양이]", ["'data.class_names=[고양이]'", "Quote each text in it"]),
        (
            'data.columns={"town":float}',
            ["takes no quotes, but a \\ before a bracket", r"{size \(m2\): float}", "in a YAML file, such as"],
        ),
        ("고양이", ["'고양이' is no override. Write KEY=VALUE"]),
        # an unknown group or key
        ("modle=cnn", ["'modle'", "Did you mean 'model'?"]),
        ("optimiser=sgd", ["'optimiser'", "Did you mean 'optimizer'?"]),
        ("seeed=3", ["there is no key 'seeed'.", "Did you mean 'seed'?", "+seeed=VALUE"]),
        ("foo=1", ["there is no key 'foo'. To add a new one, write +foo=VALUE."]),
        # an unknown key with a near miss beside it
        ("model.dropot=0.1", ["there is no key 'model.dropot'. Did you mean 'dropout'?", "Here are:", "units"]),
        ("model.trainable=true", ["there is no key 'model.trainable'. Here are: _target_, accepts"]),
        ("trainer.epoch=3", ["'trainer.epoch'", "Did you mean 'epochs'?", "batch_size", "+trainer.epoch=VALUE"]),
        ("callbacks.earlystopping.patience=3", ["'callbacks.earlystopping'", "Did you mean 'early_stopping'?"]),
        # a key that bears the name elsewhere
        ("learning_rate=0.1", ["there is no key 'learning_rate'. Did you mean", "or 'optimizer.learning_rate'?"]),
        ("epochs=3", ["Did you mean 'fine_tuning.epochs' or 'schedule.epochs' or 'trainer.epochs'?"]),
        ("dropout=0.1", ["Did you mean 'model.dropout'?"]),
        ("patience=3", ["'callbacks.early_stopping.patience' or 'callbacks.reduce_lr_on_plateau.patience'"]),
        # a key of an option that is not chosen
        ("schedule.rate=0.5", ["there is no key 'schedule.rate' in what is chosen", "choose schedule=exponential."]),
        ("model=mlp model.filters=[3]", ["choose model=basic_cnn or model=cnn or model=subclassed_cnn."]),
        ("callbacks.reduce_lr_on_plateau.factor=0.1", ["choose 'callbacks=[default,reduce_lr_on_plateau]'."]),
        # what cannot be left out
        ("~callbacks", ["~callbacks cannot be: callbacks is a list of options.", "callbacks=[none]."]),
        ("~callbacks=default", ["~callbacks=default cannot be:", "callbacks=[none]."]),
        ("~saving", ["~saving cannot be:", "saving=[]."]),
        ("~model=cnnn", ["~model=cnnn leaves out nothing:", "Did you mean 'cnn'?", "model=OPTION."]),
        ("~nothing=3", ["~nothing leaves out nothing: there is no such key"]),
        (
            "~callbacks.early_stoping",
            ["~callbacks.early_stoping leaves out nothing", "Did you mean 'callbacks.early_st"],
        ),
        (
            "~model",
            ["refers to 'model.name', which is not there: is it, or model, left out", "~model.name or ~model, or"],
        ),
        ("~trainer", ["trainer is missing; every run needs it. Leave out ~trainer or trainer=null."]),
        ("~trainer.epochs", ["trainer.epochs is missing"]),
        # a reference to nothing
        (
            "optimizer.learning_rate=${trainer.epoks}",
            ["the config refers to 'trainer.epoks', but there is no such key.", "Did you mean 'trainer.epochs'"],
        ),
        ("run_name=${data.nam}", ["the config refers to 'data.nam'", "'data.name'"]),
        # a value that is left to the user
        ("data.path=???", ["data.path has no value. Set it: data.path=VALUE."]),
        # what Hydra and OmegaConf say for themselves
        ("optimizer.learning_rate=${oc.env:NO_SUCH_VARIABLE}", ["optimizer.learning_rate:", "NO_SUCH_VARIABLE"]),
        ("optimizer.learning_rate=${nope:1}", ["optimizer.learning_rate:", "nope"]),
        ("optimizer.learning_rate=${.learning_rate}", ["optimizer.learning_rate:", "Recursive"]),
        ("hydra.foo=1", ["hydra.foo", "Key 'foo' not in 'HydraConf'"]),
        ("trainer.epochs=[1", ["[1"]),
        ("trainer=1", ["must be a string or a list"]),
        ("data=mnist,wine", ["Ambiguous value", "data=mnist,wine", "--multirun"]),
        # a value that is refused
        ("trainer.epochs=0", ["trainer.epochs must be >= 1, got 0."]),
    ],
)
def test_a_mistake_is_explained_in_one_line_with_the_cure(overrides, fragments):
    line = explained(*overrides.split())

    assert [fragment for fragment in fragments if fragment not in line] == []
    assert "\n" not in line
    assert "HYDRA_FULL_ERROR" not in line, "these were foreseen"


def test_a_group_that_the_defaults_list_does_not_know_is_explained_with_those_it_knows(tmp_path):
    (tmp_path / "modls").mkdir()
    (tmp_path / "modls" / "mine.yaml").write_text("units: [1]\n")

    line = explained("modls=mine", f"hydra.searchpath=[file://{tmp_path}]")

    assert "'modls'" in line
    assert "Did you mean 'model'?" in line
    assert "Groups: augmentation, callbacks, data, debug, experiment," in line


def test_an_option_that_a_users_own_experiment_misspells_is_explained(tmp_path):
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "mine.yaml").write_text("# @package _global_\ndefaults:\n  - override /model: cnnn\n")

    line = explained("experiment=mine", f"hydra.searchpath=[file://{tmp_path}]")

    assert line.startswith("model=cnnn: there is no such option. Did you mean 'cnn'")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (UserError("data.path is empty."), "data.path is empty."),
        (TrainingDiverged("the loss is nan."), "the loss is nan."),
        (ConfigCompositionException("something\n  of Hydra's"), "something of Hydra's"),
    ],
)
def test_what_was_foreseen_is_shown_as_it_stands(error, line):
    assert explain(error) == line


def of_a_graph():
    """Fail as a training step does, where only the examples show that shapes do not fit."""
    import tensorflow as tf

    specs = [tf.TensorSpec((None,)), tf.TensorSpec((None,))]
    tf.function(lambda one, other: one - other, input_signature=specs)(tf.zeros(2), tf.zeros(3))


@pytest.mark.parametrize(
    ("wrong", "shown"),
    [
        (lambda: {}["lost"], "KeyError: 'lost'"),
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
        (of_a_graph, "InvalidArgumentError: Incompatible shapes: [2] vs. [3]"),
        (lambda: json.loads("{"), "JSONDecodeError: Expecting property name"),
    ],
)
def test_what_was_not_foreseen_says_its_kind_and_how_to_see_more(wrong, shown):
    with pytest.raises(Exception) as error:  # noqa: PT011
        wrong()

    first, second = explain(error.value).splitlines()
    assert first.startswith(shown)
    assert "HYDRA_FULL_ERROR=1" in second


def test_a_key_that_omegaconf_refuses_is_explained_with_its_neighbours():
    config = OmegaConf.create({"model": {"dropout": 0.1, "units": 3}})
    OmegaConf.set_struct(config, True)

    with pytest.raises(Exception) as error:  # noqa: PT011
        config.model.dropot = 0.2

    assert "there is no key 'model.dropot'. Did you mean 'dropout'?" in explain(error.value)
