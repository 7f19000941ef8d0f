"""The functions that YAML files may call as ``${name:}``."""

import secrets

from omegaconf import OmegaConf

from experiments.paths import ROOT

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that reads like another


def register_resolvers() -> None:
    """Make ``${root:}`` (the project's folder), ``${short_id:}`` (three random letters) and ``${if_else:}`` known."""
    OmegaConf.register_new_resolver("root", lambda: str(ROOT), replace=True)
    OmegaConf.register_new_resolver("if_else", lambda condition, yes, no: yes if condition else no, replace=True)
    OmegaConf.register_new_resolver(
        "short_id", lambda: "".join(secrets.choice(_LETTERS) for _ in range(3)), use_cache=True, replace=True
    )
