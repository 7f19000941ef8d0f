"""Values that are right by themselves and wrong together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from experiments.config.keras_names import check_keras_names
from experiments.config.measured import check_measured
from experiments.config.nodes import check_nodes
from experiments.config.outputs import check_outputs, check_probabilities
from experiments.config.rates import check_rates
from experiments.errors import UserError

_NEEDED = (
    "seed",
    "data.name",
    "data.kind",
    "data.target",
    "data.validation_split",
    "data.split_by",
    "data.split_seed",
    "data.fold",
    "data.source",
    "augmentation.place",
    "data.preprocessing",
    "model.name",
    "model.accepts",
    "model.dropout",
    "model.l2",
    "model.logits",
    "optimizer.learning_rate",
    "task.name",
    "task.target",
    "task.labels",
    "task.loss",
    "objective.metric",
    "objective.mode",
    "trainer.epochs",
    "trainer.batch_size",
    "tracking",
    "registry",
)
_ENCODING_OF_LOSS = {
    "keras.losses.SparseCategoricalCrossentropy": "sparse",
    "keras.losses.CategoricalCrossentropy": "one_hot",
    "keras.losses.BinaryCrossentropy": "sparse",
    "keras.losses.MeanSquaredError": "number",
    "keras.losses.MeanAbsoluteError": "number",
}

_WITH_VOCABULARY = {"keras.utils.FeatureSpace", "keras.layers.TextVectorization"}


def check_together(config: Mapping[str, Any]) -> None:
    """Raise ``UserError`` for the first values of a resolved config that do not fit each other."""
    _parts_are_there(config)
    check_nodes(config)
    _run_name_is_a_name(str(config["run_name"]))
    _model_fits_data(config["model"], config["data"])
    _augmentation_fits_data(config["augmentation"], config["data"])
    _task_fits_data(config["task"], config["data"], logits=config["model"]["logits"])
    check_outputs(config["model"], config["task"], config["data"]["num_classes"], data_name=config["data"]["name"])
    check_probabilities(config["model"], config["task"])
    check_keras_names(config["model"])
    _split_can_be_made(config["data"])
    _loss_fits_labels(config["task"])
    _classes_have_names(config["data"])
    check_measured(config)
    _forms_hold_the_model(config.get("saving") or {}, config["data"], config["model"])
    _weights_come_with_their_words(config.get("initial_weights"), config["data"])
    _checkpoint_is_loadable(config.get("callbacks") or {})
    _averages_are_kept(config["optimizer"], config.get("callbacks") or {})
    check_rates(config)


def _parts_are_there(config: Mapping[str, Any]) -> None:
    for key in _NEEDED:
        node: Any = config
        names = key.split(".")
        for depth, name in enumerate(names, start=1):
            node = node.get(name) if isinstance(node, Mapping) else None
            if node is None:
                absent = ".".join(names[:depth])
                raise UserError(f"{absent} is missing; every run needs it. Leave out ~{absent} or {absent}=null.")


def _run_name_is_a_name(name: str) -> None:
    if not name or "/" in name or name.strip(".") == "":
        raise UserError(f"run_name must be usable as the name of a folder, got {name!r}.")


def _model_fits_data(model: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    if data["kind"] not in model["accepts"]:
        raise UserError(
            f"model={model['name']} takes {' or '.join(model['accepts'])} data, but data={data['name']} "
            f"is {data['kind']} data{_of_shape(data)}. Choose another model, such as "
            f"model={'text_average' if data['kind'] == 'text' else 'mlp'}, or other data."
        )


def _of_shape(data: Mapping[str, Any]) -> str:
    return f" of shape {data['input_shape']}" if data["input_shape"] else ""


def _augmentation_fits_data(augmentation: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    if augmentation["layers"] and data["kind"] != "image":
        raise UserError(
            f"augmentation is for images, but data={data['name']} is {data['kind']} data. Choose augmentation=none."
        )


def _task_fits_data(task: Mapping[str, Any], data: Mapping[str, Any], *, logits: bool) -> None:
    if task["target"] != data["target"]:
        wanted = "a number: task=regression" if data["target"] == "number" else "classes: task=classification"
        raise UserError(f"task={task['name']} does not fit data={data['name']}, which is to predict {wanted}.")
    if logits and task["target"] == "number":
        raise UserError("model.logits=true is for classes; a number has neither logits nor probabilities.")
    check_class_count(task, data["num_classes"], data_name=data["name"])


def check_class_count(task: Mapping[str, Any], count: int | None, *, data_name: str) -> None:
    """Raise ``UserError`` where one output is to tell more, or fewer, than two classes apart.

    Args:
        task: node of the config.
        count: of the classes; ``None`` where only the data can tell.
        data_name: of the data set.
    """
    if task["target"] == "classes" and task["outputs"] == 1 and count not in (None, 2):
        raise UserError(
            f"task={task['name']} tells two classes apart, but data={data_name} has {count}. "
            "Choose task=classification."
        )


def check_input_shape(data: Mapping[str, Any], shape: Sequence[int]) -> None:
    """Raise ``UserError`` where the config says of one example another shape than the data has.

    Args:
        data: node of the config; its ``input_shape`` is ``None`` where only the data can tell.
        shape: of one example.
    """
    if data["input_shape"] is not None and data["input_shape"] != list(shape):
        raise UserError(
            f"data.input_shape={data['input_shape']} is not the shape of the examples of data={data['name']}, which is "
            f"{list(shape)}. Leave out data.input_shape: this source does not resize."
        )


def _split_can_be_made(data: Mapping[str, Any]) -> None:
    size, folds = data["validation_split"], data["folds"]
    if size > 1 and size != int(size):
        raise UserError(f"data.validation_split must be a share in [0, 1) or a whole number of examples, got {size}.")
    if data["target"] == "number" and data["split_by"] == "stratified":
        raise UserError("data.split_by=stratified is for classes. To predict a number: data.split_by=random.")
    if data["fold"] >= (folds or 1):
        there_are = f"there are only the folds 0 to {folds - 1}" if folds else "set data.folds=K too, with K above it"
        raise UserError(f"data.fold={data['fold']} is out of range: {there_are}.")


def _loss_fits_labels(task: Mapping[str, Any]) -> None:
    wanted = _ENCODING_OF_LOSS.get(task["loss"]["_target_"])
    if wanted and wanted != task["labels"]:
        raise UserError(
            f"task.loss {task['loss']['_target_']} expects {wanted} labels, got task.labels={task['labels']}. "
            "Choose both together: task=classification or task=classification_one_hot."
        )


def _classes_have_names(data: Mapping[str, Any]) -> None:
    names = data["class_names"]
    if names is None:
        return
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UserError(
            f"data.class_names must be a list of texts, such as [cat,dog], got {names!r}. Of numbers: "
            '\'data.class_names=["1","2"]\'.'
        )
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise UserError(f"data.class_names has {twice[0]!r} twice; every class needs a name of its own.")
    if names and data["num_classes"] not in (None, len(names)):
        raise UserError(f"data.class_names has {len(names)} names for data.num_classes={data['num_classes']}.")


def _forms_hold_the_model(saving: Mapping[str, Any], data: Mapping[str, Any], model: Mapping[str, Any]) -> None:
    if saving.get("h5") and "backbone" in model:
        raise UserError(
            f"saving=h5 cannot hold the arithmetic that scales images for model.backbone={model['backbone']}. Choose "
            "saving=[keras], or any of saved_model, weights and architecture."
        )
    refused = [name for name in ("h5", "weights", "architecture") if saving.get(name)]
    if refused and data["preprocessing"]["_target_"] in _WITH_VOCABULARY:
        raise UserError(
            f"saving={refused[0]} cannot hold the words that {data['preprocessing']['_target_']} has learnt for "
            f"data={data['name']}. Choose saving=[keras] or saving=[keras,saved_model]."
        )


def _weights_come_with_their_words(initial_weights: str | None, data: Mapping[str, Any]) -> None:
    if initial_weights and data["preprocessing"]["_target_"] in _WITH_VOCABULARY:
        raise UserError(
            f"initial_weights={initial_weights} cannot be used with data={data['name']}: weights do not tell to which "
            f"words they belong, and {data['preprocessing']['_target_']} would number them anew. Leave out "
            "initial_weights."
        )


def _checkpoint_is_loadable(callbacks: Mapping[str, Any]) -> None:
    checkpoint = callbacks.get("model_checkpoint")
    if not checkpoint:
        return
    ending = ".weights.h5" if checkpoint["save_weights_only"] else ".keras"
    if not str(checkpoint["filepath"]).endswith(ending):
        raise UserError(
            f"callbacks.model_checkpoint.filepath must end in {ending} with "
            f"save_weights_only={str(checkpoint['save_weights_only']).lower()}, got {checkpoint['filepath']}."
        )


def _averages_are_kept(optimizer: Mapping[str, Any], callbacks: Mapping[str, Any]) -> None:
    if not optimizer.get("use_ema") or optimizer.get("ema_overwrite_frequency"):
        return
    if not any(node and str(node["_target_"]).endswith(".SwapEMAWeights") for node in callbacks.values()):
        raise UserError(
            "optimizer.use_ema=true would change nothing: Keras puts the averages of the weights into the model after "
            "the last epoch, and what is kept are the weights that the best epoch was scored with. Have the averages "
            "scored, '+callbacks.averages={_target_: keras.callbacks.SwapEMAWeights}', or learn on from them every N "
            "steps, +optimizer.ema_overwrite_frequency=N."
        )
