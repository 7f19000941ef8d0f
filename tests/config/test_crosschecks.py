from copy import deepcopy

import pytest

from experiments.app import compose
from experiments.config.crosschecks import check_input_shape, check_together
from experiments.errors import UserError


@pytest.mark.parametrize(
    ("overrides", "fragments"),
    [
        (
            "data=wine model=cnn",
            ["model=cnn takes image data, but data=wine is table data of shape [13]", "model=mlp"],
        ),
        ("data=wine model=basic_cnn", ["model=basic_cnn takes image data, but data=wine is table data"]),
        ("data=wine model=mlp model.accepts=[image,text]", ["model=mlp takes image or text data, but data=wine"]),
        (
            "task.labels=one_hot",
            ["SparseCategoricalCrossentropy expects sparse labels, got task.labels=one_hot", "task=classification"],
        ),
        (
            "task=classification_one_hot task.labels=sparse",
            [".CategoricalCrossentropy expects one_hot labels, got task.labels=sparse", "task=classification_one_hot"],
        ),
        ("data.class_names=[cat,dog]", ["data.class_names has 2 names for data.num_classes=10."]),
        ("data=npz data.class_names=abc", ["data.class_names must be a list of texts", "got 'abc'"]),
        ("data=npz data.class_names=[1,2]", ["must be a list of texts, such as [cat,dog], got [1, 2]", '=["1","2"]']),
        ("data=npz data.class_names=[a,b,a]", ["data.class_names has 'a' twice"]),
        ("data=wine model=mlp data.num_classes=4", ["data.class_names has 3 names for data.num_classes=4."]),
        ("data=boston_housing model=mlp", ["task=classification does not fit data=boston_housing", "task=regression"]),
        ("task=regression", ["task=regression does not fit data=mnist, which is to predict classes"]),
        ("data=auto_mpg model=mlp task=regression model.logits=true", ["model.logits=true is for classes"]),
        ("task=binary_classification", ["tells two classes apart, but data=mnist has 10", "task=classification"]),
        ("data.validation_split=1.5", ["a share in [0, 1) or a whole number of examples, got 1.5"]),
        (
            "data.validation_split=0",
            ["objective.metric=val_accuracy is not measured", "Set objective.metric=accuracy, or another data."],
        ),
        ("data.validation_split=0 objective.metric=val_acc", ["Available: loss, accuracy."]),
        ("data=auto_mpg model=mlp task=regression data.split_by=stratified", ["data.split_by=random"]),
        ("data.fold=1", ["data.fold=1 is out of range: set data.folds=K too"]),
        ("data.folds=3 data.fold=3", ["data.fold=3 is out of range: there are only the folds 0 to 2."]),
        ("data=auto_mpg model=cnn task=regression", ["data=auto_mpg is table data. Choose another model"]),
        ("data=auto_mpg model=mlp task=regression task.labels=sparse", ["MeanSquaredError expects number labels"]),
        (
            "objective.metric=val_acuracy",
            ["objective.metric=val_acuracy is logged by no metric", "Did you mean 'val_accuracy'"],
        ),
        (
            "objective.metric=test_accuracy",
            ["objective.metric=test_accuracy", "loss, accuracy, val_loss, val_accuracy"],
        ),
        (
            "task.metrics.accuracy.name=acc",
            ["objective.metric=val_accuracy", "Available: loss, acc, val_loss, val_acc."],
        ),
        ("~task.metrics.accuracy", ["objective.metric=val_accuracy", "Available: loss, val_loss."]),
        (
            "schedule=cosine callbacks=[default,lr_schedule]",
            ["a schedule and callbacks.lr_schedule would both set the learning rate", "~callbacks.lr_schedule"],
        ),
        (
            "schedule=warm_up callbacks=[reduce_lr_on_plateau]",
            ["a schedule and callbacks.reduce_lr_on_plateau would both", "schedule=none"],
        ),
        (
            "data=text_file model=text_average initial_weights=a.keras",
            ["initial_weights=a.keras cannot be used with data=text_file", "to which words they belong"],
        ),
        (
            "model=image_transfer saving=[keras,h5]",
            ["saving=h5 cannot hold the arithmetic", "model.backbone=MobileNetV2", "saving=[keras]"],
        ),
        ("model=image_transfer model.pooling=mean", ["model.pooling must be avg or max, got 'mean'"]),
        ("model=image_transfer model.image_size=0", ["model.image_size must be >= 1"]),
        ("fine_tuning=unfreeze fine_tuning.learning_rate=0", ["fine_tuning.learning_rate must be > 0"]),
        ("fine_tuning=unfreeze fine_tuning.epochs=0", ["fine_tuning.epochs must be >= 1"]),
        ("fine_tuning=unfreeze fine_tuning.layers=0", ["fine_tuning.layers must be >= 1"]),
        (
            "callbacks.model_checkpoint.filepath=/runs/best.h5",
            ["must end in .keras with save_weights_only=false, got /runs/best.h5"],
        ),
        (
            "callbacks.model_checkpoint.save_weights_only=true callbacks.model_checkpoint.filepath=/runs/best.h5",
            ["must end in .weights.h5 with save_weights_only=true, got /runs/best.h5"],
        ),
        ("+optimizer.use_ema=true", ["use_ema=true would change nothing", "_target_: keras.callbacks.SwapEMAWeights}"]),
    ],
)
def test_values_that_do_not_fit_each_other_are_refused_with_the_cure(overrides, fragments):
    with pytest.raises(UserError) as refusal:
        compose("train", overrides.split())

    assert all(fragment in str(refusal.value) for fragment in fragments), refusal.value


def test_a_shape_that_is_not_that_of_the_examples_is_refused():
    data = {"name": "digits", "input_shape": [9, 9, 1]}

    check_input_shape(data, (9, 9, 1))
    check_input_shape(data | {"input_shape": None}, (8, 8, 1))
    with pytest.raises(UserError, match=r"=\[9, 9, 1\] is not the shape of .* data=digits, which is \[8, 8, 1\]"):
        check_input_shape(data, (8, 8, 1))


@pytest.mark.parametrize(
    ("overrides", "node", "expected"),
    [
        ("data=wine model=mlp", "data", {"kind": "table"}),
        ("data=digits model=mlp", "data", {"kind": "image"}),
        ("data=auto_mpg model=mlp task=regression", "objective", {"metric": "val_mae", "mode": "min"}),
        ("data.validation_split=5000", "data", {"validation_split": 5000}),
        ("data.folds=3 data.fold=2", "data", {"fold": 2}),
        ("model.logits=true", "model", {"output_activation": "linear"}),
        ("model.logits=false", "model", {"output_activation": "softmax"}),
        ("task=classification_one_hot", "task", {"labels": "one_hot"}),
        (
            "task.loss._target_=my.losses.Loss task.labels=one_hot task.metrics=null objective.metric=val_loss "
            "objective.mode=min",
            "task",
            {"labels": "one_hot"},
        ),
        ("data.class_names=[cat,dog] data.num_classes=2", "data", {"num_classes": 2}),
        ("objective.metric=val_loss objective.mode=min", "objective", {"metric": "val_loss", "mode": "min"}),
        ("objective.metric=accuracy", "objective", {"metric": "accuracy"}),
        ("objective.metric=val_f1 task.metrics.accuracy.name=f1", "objective", {"metric": "val_f1"}),
        ("task.metrics=null objective.metric=val_loss objective.mode=min", "task", {"metrics": None}),
        ("callbacks=none", "objective", {"metric": "val_accuracy"}),
        ("callbacks.model_checkpoint=null", "callbacks", {"model_checkpoint": None}),
        (
            "callbacks.model_checkpoint.save_weights_only=true callbacks.model_checkpoint.filepath=/x/best.weights.h5",
            "objective",
            {"metric": "val_accuracy"},
        ),
        ("+optimizer.use_ema=true +optimizer.ema_overwrite_frequency=9", "optimizer", {"use_ema": True}),
        (
            "+optimizer.use_ema=true +callbacks.averages._target_=keras.callbacks.SwapEMAWeights",
            "optimizer",
            {"use_ema": True},
        ),
    ],
)
def test_values_that_fit_each_other_are_accepted(overrides, node, expected):
    config = compose("train", overrides.split())

    assert {name: config[node][name] for name in expected} == expected


def test_judging_a_config_leaves_it_as_it_was():
    config = compose("train", [])
    before = deepcopy(config)

    assert check_together(config) is None
    assert config == before


@pytest.mark.parametrize(
    ("overrides", "fragment"),
    [
        (["objective.metric=val_loss"], "better the lower it is: set objective.mode=min too"),
        (["objective.mode=null"], "objective.mode must be"),
        (["~model.accepts"], "model.accepts is missing"),
        (["task.loss=null"], "task.loss is missing"),
        (["run_name=../elsewhere"], "run_name must be usable as the name of a folder"),
        (["callbacks.early_stopping.patience=1.5"], "callbacks.early_stopping.patience must be a whole number"),
        (["callbacks.tensorboard.update_freq=0"], "callbacks.tensorboard.update_freq must be >= 1"),
    ],
)
def test_what_would_fail_only_later_is_refused_at_once(overrides, fragment):
    from experiments.app import compose

    with pytest.raises(UserError) as refusal:
        compose("train", overrides)

    assert fragment in str(refusal.value)
