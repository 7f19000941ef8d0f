"""Who may import whom: read from the source, so that a new import cannot slip in."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.paths import PACKAGE

ENTRY_POINTS = {"train", "check", "predict", "deliver"}
COMPONENTS = {"data", "layers", "models", "callbacks", "trainers", "saving", "plots"}
GROUND = {
    "csv_rows",
    "encodings",
    "errors",
    "garbage",
    "graph_names",
    "misfit",
    "picture_file",
    "predictions",
    "types",
    "paths",
    "secrets",
    "signals",
    "quiet",
    "running_trial",
    "stored",
}
MAY_IMPORT = {  # part: the parts of ours that it may import
    **dict.fromkeys(GROUND, GROUND),
    **dict.fromkeys(COMPONENTS, GROUND),
    "callbacks": GROUND | {"plots"},
    "models": GROUND | {"layers"},
    "saving": GROUND | {"layers"},
    "config": GROUND,
    "record": GROUND | {"config"},
    "messages": GROUND | {"config"},
    "pretrained": GROUND | {"data", "models"},
    "builders": GROUND | COMPONENTS | {"config", "pretrained"},
    "tracking": GROUND,
    "report": GROUND | {"tracking"},
    "app": GROUND | {"config", "messages"},
    "runner": GROUND | COMPONENTS | {"builders", "config", "pretrained", "record", "report", "tracking"},
    "search": GROUND | {"builders", "config", "plots", "tracking"},
    **dict.fromkeys(ENTRY_POINTS, GROUND | {"app", "config", "messages", "runner", "builders", "saving"}),
}
ONLY_IN = {  # outside package: the parts that may import it
    "mlflow": {"tracking"},
    "optuna": {"search"},
    "hydra": {"app", "builders", "config", "messages", "search"},  # a search composes its trials
    "omegaconf": {"app", "builders", "check", "config", "messages", "search"},
}
NOT_AT_THE_TOP = {"tensorflow", "mlflow", "optuna", "keras", "matplotlib", "sklearn"}
KERAS_FILES = {"layers", "models", "callbacks"}  # are imported by name, once TensorFlow is wanted
GRAPH_FILES = {
    "fused_adam.py",
    "feed.py",
    "held.py",
    "one_replica.py",
    "order.py",
    "own_metric.py",
    "probability_metric.py",
    "progress_bar.py",
    "saved_model_embedding.py",
    "schedules.py",
    "streamed.py",
    "traced.py",
    "word_numbers.py",
}  # of the trainers and layers, which import them in functions

FILES = sorted(PACKAGE.rglob("*.py"))


def part_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(file: Path, *, top_level: bool = False) -> Iterator[str]:
    tree = ast.parse(file.read_text())
    for node in tree.body if top_level else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_part_imports_only_what_lies_below_it(file):
    part = part_of(file)
    ours = {name.split(".")[1] for name in imports(file) if name.startswith("experiments.")}

    assert part == "__init__" or ours <= MAY_IMPORT[part] | {part}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_outside_packages_stay_where_they_belong(file):
    outside = {name.split(".")[0] for name in imports(file)}

    assert not {package for package, parts in ONLY_IN.items() if package in outside and part_of(file) not in parts}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_what_is_slow_to_import_is_imported_in_functions(file):
    at_the_top = {name.split(".")[0] for name in imports(file, top_level=True)}

    allowed = {"keras"} if part_of(file) in KERAS_FILES else set()
    allowed |= {"keras", "tensorflow"} if file.name in GRAPH_FILES else set()
    allowed |= {"optuna"} if part_of(file) == "search" else set()  # is imported by the sweeper, once it sweeps
    assert not at_the_top & NOT_AT_THE_TOP - allowed


def test_every_source_file_has_a_test_file_of_its_name():
    tests = {file.name for file in Path(__file__).parent.rglob("test_*.py")}

    files = [*FILES, *(PACKAGE.parent / "hydra_plugins").rglob("*.py")]
    assert not {file.name for file in files if file.name != "__init__.py" and f"test_{file.name}" not in tests}
