"""Data that is never held as a whole, from the config to the kept model."""

import json

import numpy as np
import pytest
from PIL import Image

from experiments import builders, stored
from experiments.app import compose
from experiments.data.image_files import ImageFiles
from experiments.errors import UserError
from experiments.predict import main as predict
from experiments.stored import Stored, StoredColumns, StoredInputs
from experiments.trainers.pipeline import feed

SMALL = ("model=cnn", "model.filters=[4]", "model.units=[8]", "trainer.batch_size=8", "trainer.validation_batch_size=8")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """A folder with 30 noisy JPEGs of each of two classes: bright above, bright below."""
    folder, random = tmp_path_factory.mktemp("pictures"), np.random.default_rng(0)
    for name, rows in (("above", slice(0, 6)), ("below", slice(6, 12))):
        (folder / name).mkdir()
        for number in range(30):
            pixels = random.integers(0, 120, (12, 12, 3), dtype=np.uint8)
            pixels[rows] += 120
            Image.fromarray(pixels).save(folder / name / f"{number:02}.jpg")
    return folder


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """A folder with the same 90 rows as texts and as a table."""
    folder, random = tmp_path_factory.mktemp("rows"), np.random.default_rng(0)
    words = {"good": ["fine", "lovely", "great"], "bad": ["awful", "boring", "poor"]}
    texts, cells = ["text,label"], ["town,size,label"]
    for number in range(90):
        label = ("good", "bad")[number % 2]
        texts.append(f"{' '.join(random.choice(words[label], 3))} film number {number},{label}")
        cells.append(f"{('Bonn', 'Kiel')[number % 2]},{number % 7 + random.random():.3f},{label}")
    (folder / "texts.csv").write_text("\n".join(texts))
    (folder / "table.csv").write_text("\n".join(cells))
    return folder


def of(pictures, *more: str) -> list[str]:
    return ["data=image_folder", f"data.path={pictures}", "data.input_shape=[12,12,3]", *SMALL, *more]


def noting(read, sizes):
    """Return a method that reads, and notes how many rows are read at a time."""
    return lambda self, rows: sizes.append(len(rows)) or read(self, rows)


def of_kind(kind, pictures, rows) -> list[str]:
    if kind == "image":
        return of(pictures)
    if kind == "text":
        return ["data=text_file", f"data.path={rows}/texts.csv", "model=text_average", "trainer.batch_size=8"]
    columns = "data.columns={town: string_categorical, size: float_normalized}"
    knobs = ["data.label=label", columns, "model=mlp", "model.units=[8]", "trainer.batch_size=8"]
    return ["data=csv", f"data.path={rows}/table.csv", *knobs]


@pytest.mark.parametrize(
    ("kind", "overrides"),
    [
        ("text", ["pictures=all", "saving=[keras,saved_model]"]),
        ("table", ["trainer=gradient_tape", "saving=[keras,saved_model]", "data.folds=3"]),
        (
            "image",
            [
                "pictures=all",
                "saving=[keras,saved_model]",
                "callbacks=[default,epoch_pictures]",
                "augmentation=shift_zoom",
                "augmentation.place=pipeline",
            ],
        ),
        ("image", ["trainer=gradient_tape", "tracking=none", "data.folds=3", "data.limit=17", "debug=eager"]),
    ],
)
def test_a_run_that_streams_comes_to_what_one_that_holds_comes_to(
    run, pictures, rows, tmp_path, monkeypatch, kind, overrides, capsys
):
    knobs = [*of_kind(kind, pictures, rows), "trainer.epochs=2", "trainer.deterministic=true", *overrides]
    monkeypatch.setattr(feed, "_ADAPTED_TO", 100)
    held = run(*knobs, "data.in_memory=true")
    reads = []
    monkeypatch.setattr(stored, "_CHUNK", 5 * 12 * 12 * 3)
    for stores in (StoredInputs, StoredColumns):
        monkeypatch.setattr(stores, "read", noting(stores.read, reads))
    whole = []
    as_array = StoredInputs.__array__
    monkeypatch.setattr(
        StoredInputs,
        "__array__",
        lambda self, *arguments, **named: whole.append(len(self)) or as_array(self, *arguments, **named),
    )
    builders.parts._splits.cache_clear()

    streamed = run(*knobs, "data.in_memory=false", f"paths.data={tmp_path}")

    assert isinstance(streamed.splits.train.inputs, Stored)
    assert max(reads) <= 32 < len(streamed.splits.train) or "data.limit=17" in overrides
    assert max(whole) <= 25, "what is looked at as a whole are a few examples"
    assert streamed.splits.fingerprint == held.splits.fingerprint
    assert streamed.test == pytest.approx(held.test, rel=1e-3)
    for name, values in held.history.items():
        assert streamed.history[name] == pytest.approx(values, rel=1e-3), name
    np.testing.assert_allclose(streamed.test_predictions, held.test_predictions, rtol=1e-3, atol=1e-6)
    files = [{file.name for file in r.record.folder.glob("plots/**/*")} for r in (held, streamed)]
    assert files[0] == files[1]

    about = [json.loads((r.record.folder / "results.json").read_text())["data"] for r in (held, streamed)]
    assert about[0] == about[1]
    source, classes = {
        "image": (pictures / "above" / "00.jpg", ("above", "below")),
        "text": ("a lovely film", ("bad", "good")),
        "table": (rows / "table.csv", ("bad", "good")),
    }[kind]
    predict([str(streamed.record.folder), str(source)])
    said = capsys.readouterr().out
    assert any(name in said for name in classes)


def test_a_file_that_vanishes_while_training_is_one_clear_error(run, pictures, monkeypatch):
    config = compose("train", of(pictures, "data.in_memory=false"))
    splits, trainer = builders.splits(config), builders.trainer(config)
    trainer.prepare(seed=1)
    model = builders.model(config, splits)
    monkeypatch.setattr(ImageFiles, "picture", lambda self, file: f"{file} (gone)")

    with pytest.raises(UserError) as refusal:
        trainer.fit(model, splits, [])

    assert str(refusal.value).startswith(f"a file cannot be read as a picture: {pictures}")
    assert "\n" not in str(refusal.value)


def test_what_a_generator_yields_is_learnt_from(run, tmp_path, monkeypatch):
    (tmp_path / "my_stream.py").write_text(
        "import numpy as np\n"
        "def examples():\n"
        "    for n in range(60):\n"
        "        yield np.full((12, 12), 200 * (n % 2) + n % 7, np.uint8), n % 2\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    learning = ("tracking=none", "trainer.epochs=5", "optimizer.learning_rate=0.01", "seed=1")
    knobs = ("data=generator", "data.train=my_stream.examples", f"paths.data={tmp_path}/cache", *SMALL)

    result = run(*knobs, "data.in_memory=false", *learning)

    assert result.splits.train.inputs.shape[1:] == (12, 12, 1)
    assert isinstance(result.splits.train.inputs, StoredInputs)
    assert result.test["accuracy"] == 1


@pytest.mark.parametrize(
    ("overrides", "complaint"),
    [
        ("data=image_folder data.in_memory=maybe", "data.in_memory must be true or false or auto, got 'maybe'."),
        ("data=npz data.in_memory=null", "data.in_memory must be true or false or auto, got null."),
        ("data=generator data.train=3", "data.train must be a text, got 3."),
        ("augmentation=flip_rotate augmentation.place=modell", "Did you mean 'model'?"),
    ],
)
def test_a_knob_of_another_value_is_refused(overrides, complaint):
    with pytest.raises(UserError) as refusal:
        compose("train", overrides.split())

    assert complaint in str(refusal.value)
