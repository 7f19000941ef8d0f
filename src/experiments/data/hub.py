"""A SavedModel of TF Hub by its handle, downloaded once."""

import hashlib
import re
import tarfile
import tempfile
from pathlib import Path

from experiments.data.download import download
from experiments.errors import UserError

_TIMEOUT = 20  # seconds without an answer before a download is given up
_PARTS_IN_A_NAME = 3  # such as google, nnlm-en-dim50 and 2


def is_handle(name: str) -> bool:
    """Return whether that is a handle of TF Hub, an address, and no path.

    Example:
        >>> is_handle("https://tfhub.dev/google/nnlm-en-dim50/2"), is_handle("vectors.txt")
        (True, False)
    """
    return name.startswith(("https://", "http://"))


def hub_folder(handle: str, *, download_folder: str, key: str, timeout: float = _TIMEOUT) -> Path:
    """Return the folder of the SavedModel behind a handle, which is downloaded where it is not there yet.

    Args:
        handle: address of the model, such as ``https://tfhub.dev/google/nnlm-en-dim50/2``.
        download_folder: where downloads go; the model lies in a folder ``hub`` of it.
        key: of the knob that holds the handle, for the message.
        timeout: seconds without an answer before the download is given up. Default 20.

    Raises:
        UserError: it is not on this machine and cannot be downloaded, or it is no SavedModel.
    """
    folder = Path(download_folder) / "hub" / _name_of(handle)
    if (folder / "saved_model.pb").is_file():
        return folder
    archive = folder.with_name(f"{folder.name}.tar.gz")
    url = f"{handle.rstrip('/')}?tf-hub-format=compressed"
    if not archive.is_file():
        try:
            download(url, archive, digest=None, timeout=timeout)
        except OSError as error:
            raise UserError(
                f"{key}={handle} is not on this machine and could not be downloaded ({error}). Looked for {folder} and "
                f"{archive}. Put what {url} gives there as {archive}, or name a folder: {key}=FOLDER."
            ) from error
    _unpack(archive, folder, url=url)
    return folder


def _name_of(handle: str) -> str:
    """Return a name for the folder that can be read, and that no other handle has."""
    parts = handle.partition("://")[2].partition("?")[0].strip("/").split("/")[1:]
    readable = "_".join(re.sub(r"[^\w.-]", "", part) for part in parts[-_PARTS_IN_A_NAME:])
    return f"{readable or 'model'}-{hashlib.sha256(handle.rstrip('/').encode()).hexdigest()[:8]}"


def _unpack(archive: Path, folder: Path, *, url: str) -> None:
    """Unpack an archive whole or not at all."""
    try:
        with tempfile.TemporaryDirectory(dir=archive.parent) as name, tarfile.open(archive) as content:
            content.extractall(name, filter="data")
            if not (Path(name) / "saved_model.pb").is_file():
                raise UserError(f"{archive} from {url} holds no saved_model.pb: it is no SavedModel of TensorFlow 2.")
            Path(name).rename(folder)
            Path(name).mkdir()  # which the block removes
    except (tarfile.TarError, EOFError, OSError) as error:
        if (folder / "saved_model.pb").is_file():
            return  # another run was faster
        raise UserError(f"{archive} from {url} cannot be unpacked: {error}. Remove it and try again.") from error
