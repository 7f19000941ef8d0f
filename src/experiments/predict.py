"""Predict with a kept model: `python -m experiments.predict mlruns/runs/NAME picture.png another.jpg`."""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.app import one_clear_error
from experiments.errors import UserError, did_you_mean
from experiments.predictions import class_probabilities
from experiments.quiet import import_tensorflow
from experiments.types import Array

_FORMS = ("model.keras", "model.h5", "saved_model", "model.weights.h5")


def main(arguments: Sequence[str]) -> None:
    """Print, for each example, the likeliest classes with their probabilities, or the number with its unit."""
    parser = argparse.ArgumentParser(prog="python -m experiments.predict", description=__doc__)
    parser.add_argument(
        "run", type=Path, help="folder of a run, or a model in it, such as mlruns/runs/NAME/saved_model"
    )
    parser.add_argument("examples", nargs="+", help="pictures, .csv tables, texts or .txt files, or .npy arrays")
    parser.add_argument("--top", type=int, default=3, help="classes shown of each example (default: 3)")
    options = parser.parse_args(arguments)
    folder = options.run.parent if options.run.name in _FORMS else options.run
    results = _results(folder)
    about = results["data"]
    model = options.run if options.run != folder else _model_in(folder)

    from experiments.saving.examples import read_examples

    names, inputs = read_examples(options.examples, about)
    import_tensorflow(log=Path(os.devnull))
    from experiments.saving.load import load_predict

    predict = load_predict(model, classes=results.get("model", {}).get("classes", ()))
    for line in _lines(names, predict(inputs), about, top=options.top):
        print(line)


def _results(folder: Path) -> dict[str, Any]:
    file = folder / "results.json"
    if not file.is_file():
        runs = folder.parent if folder.parent.is_dir() else Path()
        finished = [each.parent.name for each in runs.glob("*/results.json")]
        hint = did_you_mean(folder.name, finished)
        raise UserError(f"{folder} is not the folder of a finished run: it has no results.json.{hint}")
    results: dict[str, Any] = json.loads(file.read_text())
    return results


def _model_in(folder: Path) -> Path:
    for name in _FORMS:
        if (folder / name).exists():
            return folder / name
    raise UserError(f"{folder} holds no model; known are {', '.join(_FORMS)}.")


def _lines(names: Sequence[str], outputs: Array, about: Mapping[str, Any], *, top: int) -> Iterator[str]:
    width = max(map(len, names))
    if about["target"] == "number":
        for name, output in zip(names, outputs[:, 0], strict=True):
            yield f"{name:{width}}  {output:.4g} {about['unit']}".rstrip()
        return
    for name, chances in zip(names, class_probabilities(outputs), strict=True):
        likeliest = chances.argsort()[::-1][: max(top, 1)]
        yield f"{name:{width}}  " + ", ".join(
            f"{about['class_names'][which]} {chances[which]:.1%}" for which in likeliest
        )


def entry() -> None:
    """Run ``main`` with the command line's arguments."""
    with one_clear_error():
        main(sys.argv[1:])


if __name__ == "__main__":
    entry()
