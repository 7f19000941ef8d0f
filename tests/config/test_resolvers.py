from pathlib import Path

from omegaconf import OmegaConf

from experiments.app import compose
from experiments.config import register_resolvers
from experiments.paths import ROOT


def test_root_is_the_projects_folder_whatever_the_working_directory(monkeypatch, tmp_path):
    register_resolvers()
    monkeypatch.chdir(tmp_path)

    config = OmegaConf.create({"store": "${root:}/mlruns"})

    assert config.store == f"{ROOT}/mlruns"
    assert (Path(OmegaConf.create({"root": "${root:}"}).root) / "conf" / "train.yaml").is_file()


def test_a_short_id_stays_the_same_wherever_a_config_uses_it():
    register_resolvers()

    config = OmegaConf.create({"name": "${short_id:}", "folder": "runs/${name}", "again": "${short_id:}"})

    assert config.folder == f"runs/{config.name}"
    assert config.again == config.name == config.name


def test_short_ids_are_three_plain_characters_and_differ_from_config_to_config():
    register_resolvers()

    ids = [OmegaConf.create({"id": "${short_id:}"}).id for _ in range(50)]

    assert all(len(name) == 3 and name.isalnum() and name == name.lower() for name in ids)
    assert not set("".join(ids)) & set("01ilo"), "none that reads like another"
    assert len(set(ids)) > 25


def test_registering_again_changes_nothing():
    register_resolvers()
    register_resolvers()

    assert OmegaConf.create({"root": "${root:}"}).root == str(ROOT)


def test_two_runs_of_the_same_experiment_get_folders_of_their_own(tmp_path):
    first, second = (compose("train", [f"paths.store={tmp_path}"]) for _ in range(2))

    assert first["run_name"] != second["run_name"]
    assert Path(first["paths"]["run"]) == tmp_path / "runs" / first["run_name"]
    assert first["run_name"].startswith("cnn-mnist-")
