import os
import subprocess
import sys

import keras  # TensorFlow is there from here on

from experiments.quiet import import_tensorflow

SCRIPT = """
import os, sys
from pathlib import Path
from experiments.quiet import import_tensorflow

import_tensorflow(Path(sys.argv[1]))
print(f"tensorflow {sys.modules['tensorflow'].__version__}")
os.write(2, b"heard again, ")
print("by Python too", file=sys.stderr)
"""


def test_nothing_is_said_on_the_console_and_all_of_it_in_the_log(tmp_path):
    log = tmp_path / "tensorflow.log"
    log.write_text("what was there\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, log], env=environment, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "heard again, by Python too\n")
    assert done.stdout.startswith("tensorflow 2.")
    said = log.read_text()
    assert said.startswith("what was there\n")
    assert "All log messages before absl::InitializeLog()" in said


def test_a_tensorflow_that_is_there_already_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")

    import_tensorflow(tmp_path / "tensorflow.log")

    assert keras.backend.backend() == "tensorflow"
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "0"  # the user's own choice
    assert not (tmp_path / "tensorflow.log").exists()
