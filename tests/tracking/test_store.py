import sys
from pathlib import Path

import pytest

from experiments.tracking.store import Store, command


@pytest.mark.parametrize(
    ("uri", "mlflow_uri", "is_server", "address"),
    [
        ("sqlite:////a/b/mlflow.db", "sqlite:////a/b/mlflow.db", False, "http://127.0.0.1:5000"),
        ("sqlite:///mlruns/mlflow.db", "sqlite:///{cwd}/mlruns/mlflow.db", False, "http://127.0.0.1:5000"),
        ("http://host:5000/", "http://host:5000/", True, "http://host:5000"),
        ("https://me:pw@host", "https://me:pw@host", True, "https://***@host"),
    ],
)
def test_a_uri_means_the_same_in_every_folder(uri, mlflow_uri, is_server, address):
    store = Store(uri=uri, artifacts=Path("artifacts"))

    assert store.mlflow_uri == mlflow_uri.format(cwd=Path.cwd())
    assert store.is_server is is_server
    assert store.view_address() == address


def test_the_view_command_can_be_pasted_even_with_spaces_in_the_path():
    store = Store(uri="sqlite:////my runs/mlflow.db", artifacts=Path("artifacts"))

    assert store.view_command().endswith("--backend-store-uri 'sqlite:////my runs/mlflow.db'")


@pytest.mark.parametrize("on_path", [True, False])
def test_a_program_is_named_so_that_the_users_shell_finds_it(monkeypatch, on_path):
    folder = Path(sys.executable).parent
    monkeypatch.setenv("PATH", str(folder) if on_path else "/usr/bin")
    monkeypatch.chdir("/usr")

    assert command("mlflow") == ("mlflow" if on_path else str(folder / "mlflow"))
