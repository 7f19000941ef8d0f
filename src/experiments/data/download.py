"""Download a file whole or not at all."""

import http.client
import os
import sys
import urllib.request
from pathlib import Path

from tqdm import tqdm

from experiments.data.digest import has_digest, kind_of, new_hash

_CHUNK = 1 << 16  # bytes


def download(url: str, path: Path, *, digest: str | None, timeout: float) -> None:
    """Download ``url`` to ``path`` with a progress bar; nothing is left behind when it fails.

    Args:
        url: where the file is.
        path: where it goes; folders are made.
        digest: its expected SHA-256, 64 hexadecimal digits, or MD5, 32 of them; ``None`` where none was published.
        timeout: seconds without an answer before giving up.

    Raises:
        OSError: no connection, a time-out, a full disk, or less or other content than expected.
    """
    if digest and path.is_file() and has_digest(path, digest):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")  # another process may be at the same file
    received = new_hash(digest or "")
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer, part.open("wb") as file:
            size = int(answer.headers.get("Content-Length") or 0) or None
            with tqdm(desc=path.name, total=size, unit="B", unit_scale=True, file=sys.stdout) as bar:
                while chunk := answer.read(_CHUNK):
                    file.write(chunk)
                    received.update(chunk)
                    bar.update(len(chunk))
        if digest and received.hexdigest() != digest:
            raise OSError(f"{url} has {kind_of(digest)} {received.hexdigest()}, expected {digest}")
        if size and bar.n != size:
            raise OSError(f"{url} broke off after {bar.n} of {size} bytes")
        part.replace(path)
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(f"{url}: {type(error).__name__}: {error}") from error
    finally:
        part.unlink(missing_ok=True)
