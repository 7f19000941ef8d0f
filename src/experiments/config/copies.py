"""The copies of its config that Hydra leaves in a folder."""

from pathlib import Path

from omegaconf import OmegaConf

from experiments.secrets import may_hold_secrets, redact


def redact_copies(folder: Path) -> None:
    """Hide secrets in the copies of a config in a run's ``.hydra`` folder."""
    for file in folder.glob("*.yaml"):
        if not may_hold_secrets(file.read_text(encoding="utf-8")):
            continue  # a trial of a sweep would spend a tenth of a second on it
        content = OmegaConf.to_container(OmegaConf.load(file), resolve=False)
        if (hidden := redact(content)) != content:
            OmegaConf.save(OmegaConf.create(hidden), file)
