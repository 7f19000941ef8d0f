"""Check files against their SHA-256 before use."""

import hashlib
from pathlib import Path

from experiments.errors import UserError


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verified(path: Path, expected: str, *, cure: str) -> Path:
    """Return ``path`` if the file is there with the expected content.

    Args:
        path: the file.
        expected: its SHA-256, 64 hexadecimal digits.
        cure: what the user can do about a missing or different file, a sentence.

    Raises:
        UserError: the file is missing, is truncated or was altered.
    """
    if not path.is_file():
        raise UserError(f"data file {path} is missing (SHA-256 {expected}). {cure}")
    found = sha256(path)
    if found != expected:
        raise UserError(f"data file {path} is truncated or altered: expected SHA-256 {expected}, found {found}. {cure}")
    return path
