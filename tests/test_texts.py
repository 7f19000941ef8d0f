"""Texts from the command's config to a model that another process loads by its name."""

import json
import re
import socket
import subprocess
import sys
import tarfile

import keras
import numpy as np
import pytest
from tests.hub_modules import write_module

from experiments import builders
from experiments.app import compose
from experiments.errors import UserError

RANDOM = np.random.default_rng(0)
WORDS = {"good": ["fine", "lovely", "great"], "bad": ["awful", "boring", "poor"]}
ROWS = [
    {"text": f"A {RANDOM.choice(WORDS[label])} film, {RANDOM.choice(WORDS[label])}!", "label": label}
    for label in ["good", "bad"] * 60
]
NEW = ["a great and lovely evening", "an awful bore: poor"]
OPTIONS = ("data=text_file", "data.output_sequence_length=8", "data.max_tokens=30", "optimizer.learning_rate=0.05")
LOADS = """
import sys, numpy as np, mlflow
mlflow.set_tracking_uri(sys.argv[1])
model = mlflow.pyfunc.load_model("models:/texts@champion")
print(model.predict(np.array(sys.argv[2:], dtype=object)).tolist())
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("texts") / "texts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


@pytest.fixture(scope="module")
def learnt(run, file):
    return run(
        *OPTIONS, f"data.path={file}", "data.name=texts", "model=text_average", "task=binary_classification",
        "model.skip_padding=true", "trainer.epochs=15", "trainer.batch_size=16", "callbacks.early_stopping.patience=15",
    )  # fmt: skip


def test_a_run_learns_from_texts_and_keeps_a_model_that_takes_them_raw(learnt):
    assert learnt.test["accuracy"] == 1
    assert learnt.splits.class_names == ("bad", "good")
    for name in ("model.keras", "checkpoints/best.keras"):
        saved = keras.saving.load_model(learnt.record.folder / name)
        good, bad = saved.predict(np.array(NEW, dtype=object), verbose=0)[:, 0]
        assert bad < 0.5 < good
    assert (learnt.record.folder / "plots" / "predictions.png").stat().st_size > 10_000


def test_the_champion_takes_raw_texts_in_a_process_of_its_own(learnt, store, tmp_path):
    answer = subprocess.run(
        [sys.executable, "-c", LOADS, f"sqlite:///{store}/mlflow.db", *NEW],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )

    wanted = learnt.model.predict(np.array(NEW, dtype=object), verbose=0)
    np.testing.assert_allclose(json.loads(answer.stdout.splitlines()[-1]), wanted, rtol=1e-5)


def test_the_vocabulary_is_that_of_the_training_split(learnt):
    config = compose("train", [*OPTIONS, "model=text_average", f"data.path={learnt.splits.origin}"])
    splits = builders.splits(config)
    layer = builders.model(config, splits).layers[1]

    words = {word.strip(",!").lower() for text in splits.train.inputs for word in text.split()}
    assert set(layer.get_vocabulary()) == {"", "[UNK]", *words}


@pytest.mark.parametrize("more", ["debug=eager", "model.logits=true task=binary_classification trainer=gradient_tape"])
def test_texts_go_with_the_rest(run, file, more):
    result = run(
        *OPTIONS, f"data.path={file}", "model=text_average", "trainer.epochs=1", "tracking=none", *more.split()
    )

    assert set(result.test) == {"loss", "accuracy"}
    assert ((result.test_predictions >= 0) & (result.test_predictions <= 1)).all()


@pytest.mark.parametrize(
    ("overrides", "fragment"),
    [
        ("data.max_tokens=1", "data.max_tokens must be >= 3, for padding, the unknown and a word, got 1"),
        ("data.max_tokens=2", "data.max_tokens must be >= 3, for padding, the unknown and a word, got 2"),
        ("data.max_tokens=0.5", "data.max_tokens must be a whole number"),
        ("data.output_sequence_length=0", "data.output_sequence_length must be >= 1"),
        ("model=mlp", "model=mlp takes image or table data, but data=text_file is text data"),
        ("model=text_transfer model.max_words=0", "model.max_words must be >= 1"),
        ("model.embedding_dim=0", "model.embedding_dim must be >= 1"),
    ],
)
def test_what_does_not_fit_is_refused_before_any_text_is_read(overrides, fragment):
    with pytest.raises(UserError) as refusal:
        compose("train", ["data=text_file", "model=text_average", *overrides.split()])

    assert fragment in str(refusal.value)


@pytest.fixture(scope="module")
def module(tmp_path_factory):
    """A text embedding such as TF Hub's; of its words, the texts have only 'film'."""
    return write_module(tmp_path_factory.mktemp("hub") / "module")


@pytest.mark.parametrize("trainer", ["keras_fit", "gradient_tape", "keras_fit trainer.run_eagerly=true"])
def test_an_embedding_of_tf_hub_is_frozen_then_fine_tuned_and_predicts_in_a_fresh_process(
    run, file, module, store, tmp_path, trainer
):
    result = run(
        *OPTIONS, f"data.path={file}", "data.name=hub", "model=text_transfer", f"model.vectors={module}",
        "task=binary_classification", "trainer.epochs=2", "fine_tuning=unfreeze", "fine_tuning.epochs=2",
        "fine_tuning.learning_rate=0.05", f"trainer={trainer.split()[0]}", *trainer.split()[1:],
    )  # fmt: skip

    assert result.history["learning_rate"] == pytest.approx([0.05] * 4)
    embedding = result.model.get_layer("embedding")
    assert embedding.trainable
    assert result.best_epoch <= 2 or embedding.get_weights()[0][3].any(), "the unknown words have learnt something"
    command = [sys.executable, "-m", "experiments.predict", str(result.record.folder), *NEW]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    for line, good in zip(answer.stdout.splitlines(), result.model.predict(np.array(NEW, dtype=object)), strict=True):
        assert f"good {good[0]:.1%}" in line


def test_an_embedding_that_is_not_here_is_asked_for_before_a_run_is_tracked(run, tmp_path, file, module):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        handle = f"http://127.0.0.1:{listening.getsockname()[1]}/google/nnlm/2"
    overrides = [*OPTIONS, f"data.path={file}", "model=text_transfer", f"model.vectors={handle}"]
    places = (f"paths.store={tmp_path}", f"paths.data={tmp_path}/data")

    with pytest.raises(UserError, match=r"could not be downloaded .*google_nnlm_2-\w+\.tar\.gz") as refusal:
        run(*places, *overrides)
    assert (tmp_path / "mlflow.db").stat().st_size == 0, "nothing was tracked"

    archive = re.findall(r"there as (\S+),", str(refusal.value))[0]
    with tarfile.open(archive, "w:gz") as content:
        content.add(module, arcname=".")
    assert run(*places, *overrides, "tracking=none", "trainer.epochs=1").test["loss"] > 0


@pytest.mark.parametrize(
    ("vectors", "fragment"),
    [("null", "must name a file"), ("/no.txt", r"/no\.txt is missing"), ("/tmp", "it has no saved_model.pb")],
)
def test_missing_word_vectors_are_refused_before_a_run_is_tracked(run, tmp_path, file, vectors, fragment):
    overrides = [*OPTIONS, f"data.path={file}", "model=text_transfer", f"model.vectors={vectors}"]

    with pytest.raises(UserError, match=fragment):
        run(f"paths.store={tmp_path}", *overrides)
    assert (tmp_path / "mlflow.db").stat().st_size == 0, "nothing was tracked"
