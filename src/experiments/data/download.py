"""Download a file whole or not at all."""

import hashlib
import http.client
import os
import sys
import urllib.request
from pathlib import Path

from tqdm import tqdm

_CHUNK = 1 << 16  # bytes


def download(url: str, path: Path, *, sha256: str, timeout: float) -> None:
    """Download ``url`` to ``path`` with a progress bar; nothing is left behind when it fails.

    Args:
        url: where the file is.
        path: where it goes; folders are made.
        sha256: its expected SHA-256, 64 hexadecimal digits.
        timeout: seconds without an answer before giving up.

    Raises:
        OSError: no connection, a time-out, a full disk, or other content than expected.
    """
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")  # another process may be at the same file
    digest = hashlib.sha256()
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer, part.open("wb") as file:
            size = int(answer.headers.get("Content-Length") or 0) or None
            with tqdm(desc=path.name, total=size, unit="B", unit_scale=True, file=sys.stdout) as bar:
                while chunk := answer.read(_CHUNK):
                    file.write(chunk)
                    digest.update(chunk)
                    bar.update(len(chunk))
        if digest.hexdigest() != sha256:
            raise OSError(f"{url} has SHA-256 {digest.hexdigest()}, expected {sha256}")
        part.replace(path)
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(f"{url}: {type(error).__name__}: {error}") from error
    finally:
        part.unlink(missing_ok=True)
