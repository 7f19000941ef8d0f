import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from experiments import paths
from experiments.paths import CONF, DATA_FILES, IS_CHECKOUT, PACKAGE, ROOT, shown


def load_copy(package: Path) -> ModuleType:
    """Load a copy of paths.py from another place, as if the package were installed there."""
    package.mkdir(parents=True)
    (package / "paths.py").write_text(Path(paths.__file__).read_text())
    specification = importlib.util.spec_from_file_location("paths_elsewhere", package / "paths.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_in_a_checkout_everything_lies_beside_the_sources():
    assert IS_CHECKOUT
    assert Path(__file__).resolve().parents[1] == ROOT
    assert (CONF / "train.yaml").is_file()
    assert CONF.parent == ROOT
    assert ROOT / "src" / "experiments" == PACKAGE
    assert (DATA_FILES / "mnist.npz").is_file()


def test_another_checkout_has_its_own_files_whatever_the_working_directory(monkeypatch, tmp_path):
    (tmp_path / "checkout" / "conf").mkdir(parents=True)
    (tmp_path / "checkout" / "conf" / "train.yaml").touch()
    monkeypatch.chdir("/")

    elsewhere = load_copy(tmp_path / "checkout" / "src" / "experiments")

    assert elsewhere.IS_CHECKOUT
    assert str(elsewhere.ROOT) == f"{tmp_path}/checkout"
    assert str(elsewhere.CONF) == f"{tmp_path}/checkout/conf"


def test_an_installed_package_brings_its_config_and_works_in_the_working_directory(monkeypatch, tmp_path):
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")

    installed = load_copy(tmp_path / "lib" / "site-packages" / "experiments")

    assert not installed.IS_CHECKOUT
    assert str(installed.ROOT) == f"{tmp_path}/project"
    assert str(installed.CONF) == f"{tmp_path}/lib/site-packages/experiments/conf"
    assert str(installed.DATA_FILES) == f"{tmp_path}/lib/site-packages/experiments/data"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("{cwd}/mlruns", "mlruns"),
        ("{cwd}/mlruns/runs/a b", "mlruns/runs/a b"),
        ("{cwd}", "."),
        ("{parent}/elsewhere", "{parent}/elsewhere"),
        ("{cwd}-not-inside/x", "{cwd}-not-inside/x"),
        ("mlruns/mlflow.db", "mlruns/mlflow.db"),
    ],
)
@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_is_shown_as_short_as_it_can_be_typed(monkeypatch, tmp_path, path, expected, kind):
    cwd = tmp_path / "work"
    cwd.mkdir()
    monkeypatch.chdir(cwd)
    where = {"cwd": cwd, "parent": tmp_path}

    assert shown(kind(path.format(**where))) == expected.format(**where)
