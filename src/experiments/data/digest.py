"""Check files against their published digest, SHA-256 or MD5, before use."""

import hashlib
from pathlib import Path
from typing import Any

from experiments.errors import UserError

_MD5_DIGITS = 32


def kind_of(expected: str) -> str:
    """Return which digest that is by its length: ``"MD5"`` for 32 hexadecimal digits, else ``"SHA-256"``."""
    return "MD5" if len(expected) == _MD5_DIGITS else "SHA-256"


def new_hash(expected: str) -> Any:
    """Return an empty hash of the kind of an expected digest."""
    return hashlib.md5(usedforsecurity=False) if kind_of(expected) == "MD5" else hashlib.sha256()


def has_digest(path: Path, expected: str) -> bool:
    """Return whether a file has that digest."""
    return digest_of(path, expected) == expected


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    return digest_of(path, "")


def digest_of(path: Path, expected: str) -> str:
    """Return the digest of a file, of the kind of an expected one."""
    with path.open("rb") as file:
        return str(hashlib.file_digest(file, lambda: new_hash(expected)).hexdigest())


def verified(path: Path, expected: str, *, cure: str) -> Path:
    """Return ``path`` if the file is there with the expected content.

    Args:
        path: the file.
        expected: its SHA-256, 64 hexadecimal digits, or its MD5, 32 of them, where no other was published.
        cure: what the user can do about a missing or different file, a sentence.

    Raises:
        UserError: the file is missing, is truncated or was altered.
    """
    if not path.is_file():
        raise UserError(f"data file {path} is missing ({kind_of(expected)} {expected}). {cure}")
    found = digest_of(path, expected)
    if found != expected:
        raise UserError(
            f"data file {path} is truncated or altered: expected {kind_of(expected)} {expected}, found {found}. {cure}"
        )
    return path
