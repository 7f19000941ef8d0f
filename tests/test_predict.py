import re
import subprocess
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest

from experiments.errors import UserError
from experiments.predict import main
from experiments.saving.run_folder import save_run


def test_pictures_get_their_likeliest_classes_in_a_process_of_their_own(trained, tmp_path):
    np.save(tmp_path / "digits.npy", trained.splits.test.inputs[:3])
    command = [sys.executable, "-m", "experiments.predict", str(trained.record.folder), "digits.npy", "--top", "2"]

    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (answer.returncode, answer.stderr) == (0, "")
    found = re.findall(r"^digits\.npy\[(\d)\]  (\d) ([\d.]+)%, \d [\d.]+%$", answer.stdout, re.MULTILINE)
    expected = trained.test_predictions[:3]
    assert [(int(row), int(digit)) for row, digit, _ in found] == list(enumerate(expected.argmax(axis=1)))
    assert [float(chance) for *_, chance in found] == pytest.approx(100 * expected.max(axis=1), abs=0.06)


@pytest.mark.parametrize("form", ["model.h5", "saved_model"])
def test_a_form_of_the_model_can_be_named(run, tmp_path, capsys, form):
    option = form.removeprefix("model.")
    result = run("model=mlp", "data=digits", "trainer.epochs=1", f"saving=[{option}]", "pictures=none", "tracking=none")
    np.save(tmp_path / "one.npy", result.splits.test.inputs[0])

    main([str(result.record.folder / form), str(tmp_path / "one.npy"), "--top=1"])
    named = capsys.readouterr().out
    main([str(result.record.folder), str(tmp_path / "one.npy"), "--top=1"])

    assert named == capsys.readouterr().out
    assert re.search(rf"one\.npy  {result.test_predictions[0].argmax()} [\d.]+%$", named.strip())


def test_a_number_comes_with_its_unit(run, tmp_path, capsys):
    fast = ("trainer.epochs=1", "pictures=none", "tracking=none")
    result = run("data=auto_mpg", "model=linear", "task=regression", *fast)
    columns = result.splits.test.inputs
    rows = zip(*columns.values(), strict=True)
    text = "\n".join([",".join(columns), *(",".join(map(str, row)) for row in list(rows)[:2])])
    (tmp_path / "cars.csv").write_text(text)

    main([str(result.record.folder), str(tmp_path / "cars.csv")])

    values = [float(line.split()[1]) for line in capsys.readouterr().out.splitlines()]
    assert values == pytest.approx(result.test_predictions[:2, 0].tolist(), rel=1e-3)


def test_the_file_that_was_trained_on_can_be_given(run, tmp_path, capsys):
    rows = "".join(f"{'Köln' if row % 2 else 'NA'}; {row}; {row % 2}\n" for row in range(20))
    (tmp_path / "towns.csv").write_text(f"home town;age (years);price\n{rows}", encoding="latin-1")
    facts = (
        f"data.path={tmp_path / 'towns.csv'}",
        "data.label=price",
        r"data.columns={home town: string_categorical, age \(years\): float}",
    )
    reading = ("data.source.separator=';'", "data.source.encoding=latin-1", "trainer.batch_size=4", "trainer.epochs=1")
    number = ("data.target=number", "data.split_by=random", "task=regression")
    kept = ("saving=[keras,saved_model]", "pictures=none", "tracking=none")
    result = run("data=csv", "model=linear", *facts, *reading, *number, *kept)

    main([str(result.record.folder / "model.keras"), str(tmp_path / "towns.csv")])
    predicted = capsys.readouterr().out
    main([str(result.record.folder / "saved_model"), str(tmp_path / "towns.csv")])

    assert len(predicted.splitlines()) == 20
    assert capsys.readouterr().out == predicted


OWN_LAYERS = """
import keras

class Twice(keras.layers.Layer):
    def call(self, inputs):
        return 2 * inputs

@keras.saving.register_keras_serializable("mine")
class Times(keras.layers.Layer):
    def __init__(self, factor=3, **options):
        super().__init__(**options)
        self.factor = factor

    def call(self, inputs):
        return self.factor * inputs

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}

class Small(keras.regularizers.Regularizer):
    def __call__(self, weights):
        return keras.ops.mean(keras.ops.abs(weights))

    def get_config(self):
        return {}

def half(numbers):
    return numbers / 2
"""
OWN_PARTS = (
    "kernel_regularizer: {_target_: my_layers.Small}, "
    "activation: {_target_: hydra.utils.get_method, path: my_layers.half}"
)


def forget_layers():
    """Leave this process as one that has never seen them."""
    sys.modules.pop("my_layers", None)
    keras.saving.get_custom_objects().pop("mine>Times", None)


def test_a_model_with_parts_of_ones_own_is_used_where_they_can_be_imported(run, tmp_path, monkeypatch, capsys):
    (tmp_path / "my_layers.py").write_text(OWN_LAYERS)
    layers = [f"+model.layers.{name.lower()}={{_target_: my_layers.{name}}}" for name in ("Twice", "Times")]
    layers.append(f"+model.layers.parts={{_target_: keras.layers.Dense, units: 8, {OWN_PARTS}}}")
    fast = ("trainer.epochs=1", "pictures=none", "tracking=none", "saving=[keras,h5,weights,architecture]")
    with monkeypatch.context() as importable:
        importable.syspath_prepend(tmp_path)
        result = run("data=digits", "model=sequential", *layers, *fast)
        np.save(tmp_path / "one.npy", result.splits.test.inputs[:1])
        for form in ("model.keras", "model.h5", "model.weights.h5"):
            forget_layers()
            main([str(result.record.folder / form), str(tmp_path / "one.npy"), "--top=1"])
    forget_layers()

    assert len(set(capsys.readouterr().out.splitlines()[-3:])) == 1
    with pytest.raises(UserError, match=r"parts of your own, my_layers.Twice, which cannot be imported"):
        main([str(result.record.folder), str(tmp_path / "one.npy")])


def test_a_run_of_a_like_name_is_named(trained):
    folder = trained.record.folder

    with pytest.raises(UserError, match=f"Did you mean '{folder.name}'"):
        main([str(folder.with_name(f"{folder.name}x")), "x.npy"])


def without_model(result, folder):
    save_run(replace(result, record=replace(result.record, folder=folder)), [])
    return folder


@pytest.mark.parametrize(
    ("make", "fragment"),
    [
        (lambda result, folder: folder, "is not the folder of a finished run"),
        (without_model, "holds no model"),
    ],
)
def test_a_folder_without_a_model_is_refused(trained, tmp_path, make, fragment):
    with pytest.raises(UserError, match=fragment):
        main([str(make(trained, tmp_path)), "x.npy"])
