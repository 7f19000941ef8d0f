import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.app import compose

HEAVY = ("tensorflow", "keras", "mlflow", "optuna", "matplotlib", "pandas")


def train(*overrides: str, **environment: str) -> subprocess.CompletedProcess:
    """Run the command as a user does."""
    command = [sys.executable, "-m", "experiments.train", *overrides]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | environment)


def test_whoever_reads_only_the_beginning_of_the_output_is_no_mistake():
    command = [sys.executable, "-m", "experiments.train", "--help"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        said = process.stderr.read()

    assert (process.returncode, said) == (141, "")


@pytest.mark.parametrize(
    ("overrides", "fragments"),
    [
        ("model=cn", ["model=cn", "Did you mean 'cnn'?", "basic_cnn, cifar_cnn, cnn"]),
        ("callbacks=[default,nope]", ["callbacks=nope", "early_stopping"]),
        ("modle=cnn", ["'modle'", "Did you mean 'model'?"]),
        ("model.dropot=0.1", ["'model.dropot'", "Did you mean 'dropout'?"]),
        ("learning_rate=0.1", ["Did you mean", "'optimizer.learning_rate'?"]),
        ("trainer.epochs=[1", ["'trainer.epochs=[1'", "close what is opened"]),
        ("trainer=1", ["must be a string or a list"]),
        ("optimizer.learning_rate=0", ["optimizer.learning_rate must be > 0 and finite, got 0."]),
        ("optimizer.learning_rate=nan", ["optimizer.learning_rate must be > 0 and finite, got nan."]),
        ("optimizer.learning_rate=fast", ["optimizer.learning_rate must be a number, got 'fast'."]),
        ("model.dropout=1.0", ["model.dropout must be in [0, 1), got 1.0."]),
        ("model.l2=-0.1", ["model.l2 must be >= 0 and finite, got -0.1."]),
        ("trainer.epochs=0", ["trainer.epochs must be >= 1, got 0."]),
        ("trainer.batch_size=0", ["trainer.batch_size must be >= 1, got 0."]),
        ("data.validation_split=1.5", ["must be a share in [0, 1) or a whole number of examples, got 1.5."]),
        ("data=wine model=mlp data.validation_split=0.001", ["leaves the validation split empty"]),
        ("data=digits trainer.batch_size=2000", ["trainer.batch_size=2000 is larger", "1150 examples"]),
        ("data.path=/no/such/mnist.npz", ["/no/such/mnist.npz is missing", "06af5dfe73b70e3b", "data.path"]),
        ("data=wine", ["model=cnn takes image data, but data=wine is table data", "model=mlp"]),
        ("task.labels=one_hot", ["expects sparse labels", "task=classification_one_hot"]),
        ("objective.metric=val_acuracy", ["Available: loss, accuracy, val_loss, val_accuracy", "'val_accuracy'"]),
        ("objective.mode=maximum", ["objective.mode must be max or min", "Did you mean 'max'?"]),
        ("paths.store=/dev/null", ["folder /dev/null/runs/", "cannot be made: Not a directory", "paths.store=FOLDER"]),
        (f"run_name={'a' * 300}", ["cannot be made: File name too long. Choose another", "run_name=NAME"]),
        ("tracking.uri=sqlite:////proc/none/mlflow.db", ["/proc/none/mlflow.db cannot be written", "tracking=none"]),
        ("tracking.uri=http://me:hunter2@127.0.0.1:9", ["http://***@127.0.0.1:9 does not answer", "tracking=none"]),
    ],
)
def test_a_mistake_is_answered_with_one_line(tmp_path, overrides, fragments):
    answer = train(f"paths.store={tmp_path / 'mlruns'}", *overrides.split())

    assert answer.returncode == 1
    assert answer.stderr.startswith("Error: ")
    assert answer.stderr.count("\n") == 1
    assert all(fragment in answer.stderr for fragment in fragments), answer.stderr
    assert "hunter2" not in answer.stdout + answer.stderr
    assert not list(tmp_path.glob("mlruns/runs/*")), "a refused run leaves no folder behind"


def test_full_error_shows_the_traceback(tmp_path):
    answer = train("trainer.epochs=0", f"paths.store={tmp_path}", HYDRA_FULL_ERROR="1")

    assert answer.returncode == 1
    assert answer.stderr.startswith("Traceback")
    assert "trainer.epochs must be >= 1, got 0." in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "shown"),
    [
        ("--help", 0, "== Groups"),
        ("--help", 0, "-m sweeps=lr_dropout_l2"),
        ("--cfg job", 0, "learning_rate: 0.001"),
        ("--cfg job --resolve", 0, "monitor: val_accuracy"),
        ("--info defaults", 0, "data/mnist"),
        ("--info searchpath", 0, "conf"),
        ("trainer.epochs=0", 1, "trainer.epochs must be"),
        ("model=cn", 1, "Did you mean"),
    ],
)
def test_answers_without_importing_anything_heavy(tmp_path, arguments, code, shown):
    program = (
        "import atexit, json, sys\n"
        f"atexit.register(lambda: open({str(tmp_path / 'modules')!r}, 'w').write(json.dumps(list(sys.modules))))\n"
        f"sys.argv = ['train.py', *{arguments.split()!r}, {f'paths.store={tmp_path}'!r}]\n"
        "from experiments.train import main\n"
        "main()\n"
    )

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path)

    assert answer.returncode == code, answer.stderr
    assert shown in answer.stdout + answer.stderr
    imported = set(json.loads((tmp_path / "modules").read_text()))
    assert not imported.intersection(HEAVY)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("model=c", {"model=cnn", "model=cifar_cnn"}),
        ("trainer.e", {"trainer.epochs="}),
        ("callbacks.early_stopping.pat", {"callbacks.early_stopping.patience="}),
    ],
)
def test_tab_completion_offers_options_and_keys(typed, offered):
    program = str(Path(sys.executable).parent / "experiments-train")
    line = f"{program} {typed}"
    environment = os.environ | {"COMP_LINE": line, "COMP_POINT": str(len(line))}

    answer = subprocess.run(
        [program, "-sc", "query=bash"], capture_output=True, text=True, check=False, env=environment
    )

    assert set(answer.stdout.split()) == offered


@pytest.mark.parametrize("presence", [True, False])
def test_a_local_file_of_ones_own_is_used_when_it_is_there(monkeypatch, tmp_path, presence):
    monkeypatch.chdir(tmp_path)
    extra = tmp_path / "mine" / "local"
    extra.mkdir(parents=True)
    if presence:
        (extra / "default.yaml").write_text("# @package _global_\nseed: 7\n")

    config = compose("train", [f"hydra.searchpath=[file://{tmp_path / 'mine'}]"])

    assert config["seed"] == (7 if presence else 42)


def test_secrets_do_not_stay_in_hydras_files(tmp_path):
    command = ["data=digits", "model=mlp", "debug=fast", "tracking=none", "+token=hunter2", "trainer.verbose=0"]
    answer = subprocess.run(
        [sys.executable, "-m", "experiments.train", *command, f"paths.store={tmp_path}"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    )

    assert answer.returncode == 0, answer.stderr
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {"config.yaml", "overrides.yaml", "results.json", "model.keras"} <= {file.name for file in files}
    assert not [file for file in files if b"hunter2" in file.read_bytes()]
    assert "hunter2" not in answer.stdout + answer.stderr


def test_a_process_that_ends_itself_has_said_everything_and_run_what_was_registered_for_the_end(tmp_path):
    script = """
import atexit, sys
from experiments.app import end_process
atexit.register(lambda: print("registered for the end"))
print("no line break at the end of stderr", end="", file=sys.stderr)
print("said before")
end_process()
print("said after")
"""
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert answer.returncode == 0
    assert answer.stdout == "said before\nregistered for the end\n"
    assert answer.stderr == "no line break at the end of stderr"
