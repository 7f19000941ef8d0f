import subprocess

import pytest

from experiments.tracking import provenance


@pytest.fixture
def checkout(tmp_path):
    def git(*arguments):
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-b", "main")
    (tmp_path / "settings.yaml").write_text("epochs: 1\n")
    git("add", ".")
    git("commit", "-m", "first")
    return tmp_path


def test_a_clean_checkout_is_its_commit(checkout):
    tags, diff = provenance.git_state(checkout)

    assert len(tags["git.commit"]) == 40
    assert (tags["git.branch"], tags["git.dirty"], diff) == ("main", "false", "")


def test_uncommitted_changes_are_kept_without_their_secrets(checkout):
    (checkout / "settings.yaml").write_text("epochs: 2\napi_key: hunter2\n")
    (checkout / "new.py").write_text("")

    tags, diff = provenance.git_state(checkout)

    assert tags["git.dirty"] == "true"
    assert "+epochs: 2" in diff
    assert "?? new.py" in diff
    assert "hunter2" not in diff


def test_a_checkout_that_git_cannot_compare_is_not_called_clean(checkout):
    (checkout / ".git/index").write_bytes(b"broken")

    tags, diff = provenance.git_state(checkout)

    assert (tags["git.branch"], tags["git.dirty"], diff) == ("main", "unknown", "")


def test_outside_a_checkout_the_commit_is_none(tmp_path):
    assert provenance.git_state(tmp_path) == ({"git.commit": "none"}, "")


def test_packages_can_be_given_to_pip():
    lines = provenance.packages().splitlines()

    assert lines[0].startswith("# Python 3.")
    assert any(line.startswith("tensorflow==2.") for line in lines)
    assert all("==" in line for line in lines[1:])


def test_the_machine_is_described():
    described = provenance.machine() | provenance.device() | provenance.main_versions()

    assert {"host", "python", "device", "version.tensorflow", "version.mlflow"} <= described.keys()
    assert all(described.values())
