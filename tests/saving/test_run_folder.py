import json
from dataclasses import replace

import keras
import numpy as np
import pytest

from experiments.saving.formats import keras_file
from experiments.saving.run_folder import save_run

FORMATS = [keras_file]


@pytest.fixture
def result(trained, tmp_path):
    """The result of a finished run, in an empty folder of its own."""
    return replace(trained, record=replace(trained.record, folder=tmp_path))


def test_results_hold_the_numbers_of_the_run(result):
    save_run(result, FORMATS)

    content = json.loads((result.record.folder / "results.json").read_text())
    assert content == {
        "run_name": result.record.name,
        "objective": "val_accuracy",
        "best_epoch": result.best_epoch,
        "best": result.best,
        "test": result.test,
        "train_seconds": result.seconds,
        "data_fingerprint": result.splits.fingerprint,
        "data": {
            "name": "digits",
            "kind": "image",
            "target": "classes",
            "unit": "",
            "class_names": [str(digit) for digit in range(10)],
            "shape": [8, 8, 1],
            "dtype": "uint8",
        },
        "model": {"classes": []},
    }
    assert content["best"]["val_accuracy"] == max(result.history["val_accuracy"])
    assert set(content["test"]) == {"accuracy", "loss"}


def test_results_say_how_files_were_read_where_there_is_a_choice(result):
    splits = replace(result.splits, reading={"separator": ";"})

    save_run(replace(result, splits=splits), [])

    assert json.loads((result.record.folder / "results.json").read_text())["data"]["reading"] == {"separator": ";"}


def test_the_saved_model_predicts_the_same_from_raw_pictures(result):
    saved = save_run(result, FORMATS)

    assert saved.model_files == (result.record.folder / "model.keras",)
    model = keras.models.load_model(saved.model_files[0])
    inputs = result.splits.test.inputs
    assert np.array_equal(model.predict(inputs, verbose=0), result.model.predict(inputs, verbose=0))
    assert np.array_equal(model.predict(inputs, verbose=0), result.test_predictions)


@pytest.mark.parametrize("names", [None, [f"Größe {number} 大" for number in range(10)]])
def test_predictions_can_be_read_without_pickle(result, names):
    splits = replace(result.splits, class_names=tuple(names or result.splits.class_names))

    save_run(replace(result, splits=splits), FORMATS)

    with np.load(result.record.folder / "predictions" / "test.npz", allow_pickle=False) as file:
        assert np.array_equal(file["predictions"], result.test_predictions)
        assert np.array_equal(file["labels"], result.splits.test.labels)
        assert tuple(file["class_names"]) == splits.class_names
        accuracy = (file["predictions"].argmax(axis=1) == file["labels"]).mean()
    assert accuracy == pytest.approx(result.test["accuracy"])


def test_the_summary_names_the_layers_and_counts_the_parameters(result):
    save_run(result, FORMATS)

    summary = (result.record.folder / "model_summary.txt").read_text()
    assert 'Model: "mlp"' in summary
    assert "(Rescaling)" in summary
    assert f"Trainable params: {result.model.count_params():,}" in summary


def test_a_run_cut_short_has_results_and_model_but_no_test(result):
    save_run(replace(result, test={}, test_predictions=None), FORMATS)

    folder = result.record.folder
    assert sorted(path.name for path in folder.iterdir()) == ["model.keras", "model_summary.txt", "results.json"]
    content = json.loads((folder / "results.json").read_text())
    assert content["test"] == {}
    assert content["best"] == result.best


def test_saving_again_replaces_what_was_there(result):
    save_run(result, FORMATS)
    save_run(replace(result, best_epoch=7), FORMATS)

    assert json.loads((result.record.folder / "results.json").read_text())["best_epoch"] == 7
