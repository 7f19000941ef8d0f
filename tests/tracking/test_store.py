import sys
from pathlib import Path

import pytest

from experiments.errors import StoreAway
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


@pytest.mark.parametrize("name", ["feature%2Fx", "what?", "a?b=c"])
def test_a_path_that_is_another_one_as_a_uri_is_refused_at_once(tmp_path, name):
    """MLflow would look for it elsewhere, a minute and a half long, or take the wrong place."""
    store = Store(uri=f"sqlite:///{tmp_path}/{name}/mlflow.db", artifacts=tmp_path / "artifacts")

    with pytest.raises(StoreAway, match=r"a \? or a % before two digits: .*paths\.store=FOLDER"):
        store.check()

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["100%", "a#b", "it's mine", "größe", "a@b&c=d+e"])
def test_other_paths_mean_the_same_to_mlflow(tmp_path, name):
    from sqlalchemy.engine import make_url

    store = Store(uri=f"sqlite:///{tmp_path}/{name}/mlflow.db", artifacts=tmp_path / "artifacts")
    store.check()

    assert make_url(store.mlflow_uri).database == str(tmp_path / name / "mlflow.db")


@pytest.mark.parametrize("on_path", [True, False])
def test_a_program_is_named_so_that_the_users_shell_finds_it(monkeypatch, on_path):
    folder = Path(sys.executable).parent
    monkeypatch.setenv("PATH", str(folder) if on_path else "/usr/bin")
    monkeypatch.chdir("/usr")

    assert command("mlflow") == ("mlflow" if on_path else str(folder / "mlflow"))
