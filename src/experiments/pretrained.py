"""What a model's training begins with, found on this machine before anything is built; no TensorFlow."""

from collections.abc import Mapping
from typing import Any


def check_files(config: Mapping[str, Any]) -> None:
    """Raise ``UserError`` where a file that the model needs is missing and cannot be downloaded, without TensorFlow."""
    from experiments.models.weights_file import check_weights_file

    vectors(config)
    named = {"model.weights": config["model"].get("weights"), "initial_weights": config["initial_weights"]}
    for key, path in named.items():
        if path not in (None, "imagenet", "random"):
            check_weights_file(path, key=key)


def vectors(config: Mapping[str, Any]) -> dict[str, str]:
    """Return where on this machine the model's pre-trained vectors are, if it wants any."""
    from experiments.data.hub import hub_folder, is_handle
    from experiments.models.word_vectors import vectors_file

    if "vectors" not in config["model"]:
        return {}
    named = config["model"]["vectors"]
    if named and is_handle(named):
        named = str(hub_folder(named, download_folder=config["paths"]["data"], key="model.vectors"))
    return {"vectors": str(vectors_file(named))}
