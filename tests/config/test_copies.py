import yaml

from experiments.config.copies import redact_copies


def test_secrets_are_hidden_in_the_copies_and_the_rest_stays(tmp_path):
    plain = "# as it was\nseed: 1\n"
    (tmp_path / "hydra.yaml").write_text(plain)
    (tmp_path / "config.yaml").write_text("api_token: hunter2\nname: ${model.name}\n")
    (tmp_path / "overrides.yaml").write_text("- +api_token=hunter2\n- seed=1\n")

    redact_copies(tmp_path)

    assert (tmp_path / "hydra.yaml").read_text() == plain
    assert yaml.safe_load((tmp_path / "config.yaml").read_text()) == {"api_token": "***", "name": "${model.name}"}
    assert yaml.safe_load((tmp_path / "overrides.yaml").read_text()) == ["+api_token=***", "seed=1"]
