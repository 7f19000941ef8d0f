import pytest

from experiments.app import compose
from experiments.config.measured import named_metrics
from experiments.errors import UserError

STOPPING, REDUCING, TARGET = "callbacks.early_stopping", "callbacks.reduce_lr_on_plateau", "callbacks.target_reached"

ACCURACY, ONE_HOT = "task.metrics.accuracy._target_", "task=classification_one_hot"
BINARY = "data=synthetic_texts model=text_average task=binary_classification"


@pytest.mark.parametrize(
    ("overrides", "refusal"),
    [
        (
            f"{STOPPING}.monitor=val_acc",
            f"{STOPPING}.monitor=val_acc is logged by no metric. Available: loss, accuracy, val_loss, val_accuracy, "
            "learning_rate. Did you mean 'val_accuracy'?",
        ),
        ("callbacks.model_checkpoint.monitor=val_acc", "callbacks.model_checkpoint.monitor=val_acc is logged by no"),
        (f"callbacks=[target_reached] {TARGET}.monitor=acuracy", "Did you mean 'accuracy'"),
        (f"callbacks=[reduce_lr_on_plateau] {REDUCING}.monitor=val_mae", f"{REDUCING}.monitor=val_mae is logged by"),
        (
            f"data.validation_split=0 objective.metric=accuracy {STOPPING}.monitor=val_accuracy",
            "Available: loss, accuracy, learning_rate.",
        ),
        (f"{STOPPING}.mode=mx", f"{STOPPING}.mode must be auto or max or min, got 'mx'. Did you mean 'max'?"),
        (f"callbacks=[target_reached] {TARGET}.mode=auto", f"{TARGET}.mode must be max or min, got 'auto'."),
    ],
)
def test_a_callback_that_would_wait_for_what_is_not_measured_is_refused(overrides, refusal):
    with pytest.raises(UserError) as error:
        compose("train", overrides.split())

    assert refusal in str(error.value)


@pytest.mark.parametrize(
    "overrides",
    [
        [f"{STOPPING}.monitor=loss", f"{STOPPING}.mode=min"],
        [f"{STOPPING}.mode=auto"],
        ["callbacks=[reduce_lr_on_plateau]", f"{REDUCING}.monitor=learning_rate"],
        ["+callbacks.mine={_target_: mine.AddsToTheLogs}", f"{STOPPING}.monitor=val_f1"],
        ["+callbacks.mine={_target_: mine.Watches, monitor: weights, mode: gently}"],
    ],
)
def test_what_is_measured_or_may_be_by_a_callback_of_ones_own_is_accepted(overrides):
    config = compose("train", overrides)

    assert all(node["_target_"] for node in config["callbacks"].values())


@pytest.mark.parametrize(
    ("overrides", "refusal"),
    [
        (
            f"{ACCURACY}=keras.metrics.CategoricalAccuracy",
            "task.metrics.accuracy: CategoricalAccuracy is for one_hot labels and an output for each class, but "
            "task=classification has task.labels=sparse.",
        ),
        (
            f"{ONE_HOT} {ACCURACY}=keras.metrics.SparseCategoricalAccuracy",
            "_one_hot has task.labels=one_hot. Choose",
        ),
        (f"{BINARY} {ACCURACY}=keras.metrics.SparseCategoricalAccuracy", "task.labels=sparse and one output. Choose"),
        (f"{BINARY} task.loss._target_=keras.losses.SparseCategoricalCrossentropy", "task.loss: SparseCategoricalCros"),
    ],
)
def test_what_keras_would_measure_to_nonsense_is_refused(overrides, refusal):
    with pytest.raises(UserError) as error:
        compose("train", ["~task.metrics.accuracy.threshold"] * ("=binary" in overrides) + overrides.split())

    assert refusal in str(error.value)


@pytest.mark.parametrize(
    ("metrics", "names"),
    [
        ({"top": {"_target_": "m.Top"}}, {"top": "top"}),
        ({"top": {"_target_": "m.Top", "name": "top_3"}}, {"top": "top_3"}),
        ({"top": None, "f1": {"_target_": "m.F1"}}, {"top": None, "f1": "f1"}),
    ],
)
def test_a_metric_has_the_name_of_its_node_unless_it_says_another(metrics, names):
    named = named_metrics(metrics)

    assert {key: node and node["name"] for key, node in named.items()} == names


def test_a_metric_without_a_name_can_be_the_objective():
    node = "+task.metrics.top={_target_: keras.metrics.SparseTopKCategoricalAccuracy, k: 3}"

    assert compose("train", [node, "objective.metric=val_top"])["task"]["metrics"]["top"]["name"] == "top"
