"""What a run was made with: code, packages, machine."""

import os
import platform
import socket
import subprocess
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

from experiments.secrets import redact_text

_UNKNOWN = "unknown"
MAIN_PACKAGES = ("tensorflow", "keras", "mlflow", "numpy", "hydra-core")


def git_commit(folder: Path) -> str:
    """Return the commit checked out at ``folder``; ``none`` outside a checkout or without git."""
    return _git(folder, "rev-parse", "HEAD") or "none"


def git_state(folder: Path) -> tuple[dict[str, str], str]:
    """Return ``git.commit``, ``git.branch`` and ``git.dirty`` of the checkout at ``folder``, and its uncommitted diff.

    Outside a checkout, or without git, the commit is ``none``; what git cannot tell in 20 seconds is ``unknown``.
    """
    commit = git_commit(folder)
    if commit == "none":
        return {"git.commit": commit}, ""
    changes = _git(folder, "status", "--porcelain")
    tags = {
        "git.commit": commit,
        "git.branch": _git(folder, "rev-parse", "--abbrev-ref", "HEAD") or _UNKNOWN,
        "git.dirty": _UNKNOWN if changes is None else str(bool(changes)).lower(),
    }
    if not changes:
        return tags, ""
    diff = _git(folder, "diff", "HEAD")
    return tags, redact_text(f"# {commit}\n{changes}\n\n{_UNKNOWN if diff is None else diff}\n")


def _git(folder: Path, *arguments: str) -> str | None:
    """Return what git says; ``None`` where it fails or takes too long."""
    try:
        answer = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, timeout=20, errors="replace", check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def machine() -> dict[str, str]:
    """Return host, process id, platform and Python."""
    return {
        "host": socket.gethostname(),
        "pid": str(os.getpid()),
        "platform": platform.platform(),
        "python": platform.python_version(),
    }


def device() -> dict[str, str]:
    """Return the device that TensorFlow trains on."""
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    names = [tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in gpus]
    return {"device": ", ".join(names) if names else f"CPU ({os.cpu_count()} cores)"}


def main_versions() -> dict[str, str]:
    """Return the versions of the packages that decide how a model trains and loads, as ``version.NAME``."""
    return {f"version.{name}": metadata.version(name) for name in MAIN_PACKAGES}


@cache
def packages() -> str:
    """Return every installed package as ``name==version``, a line each, sorted, as pip reads them.

    It is read once: what a process has imported is what there was then.
    """
    found = {f"{item.metadata['Name']}=={item.version}" for item in metadata.distributions() if item.metadata["Name"]}
    return f"# Python {sys.version.split()[0]}\n" + "\n".join(sorted(found, key=str.lower)) + "\n"
