"""Find the files of a published data set on this machine, else download them once."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from experiments.data.digest import digest_of, has_digest, kind_of, verified
from experiments.data.download import download
from experiments.errors import UserError

URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
OFFLINE = (
    "No network is needed by data=mnist, digits and synthetic_images (pictures), wine, auto_mpg, synthetic_table and "
    "synthetic_numbers (tables), synthetic_texts (texts), or by data of your own."
)


@dataclass(frozen=True, kw_only=True)
class Published:
    """The files of a data set as they were published.

    Args:
        title: of the data set, for messages.
        files: SHA-256, or MD5 where no other was published, of each file by its name; where there are several, all have
            the same content and the first is the one that is downloaded.
        keras_folder: of the files in Keras' cache, whose files are read and never touched.
        keras_name: of the one file in Keras' cache, where that is another.
        further: other folders in which the files may lie, each with the cure that puts them there.
        url: where the files are downloaded from; the file's name is added.
    """

    title: str
    files: Mapping[str, Sequence[str]]
    keras_folder: str = ""
    keras_name: str = ""
    further: Mapping[Path, str] = field(default_factory=dict)
    url: str = URL

    def folder(self, path: str | None, *, download_folder: str, timeout: float) -> Path:
        """Return a folder that has all the files, unaltered.

        They are looked for in ``path``, ``download_folder``, Keras' cache and the further folders, in this order; where
        none has them, they are downloaded into ``download_folder``, in which nothing is overwritten.

        Args:
            path: a folder, or the file itself where there is one; only this one is used when it is given.
            download_folder: where downloads go.
            timeout: seconds without an answer before a download is given up.

        Raises:
            UserError: a file is missing or altered, and cannot be downloaded.
        """
        if path:
            return self._given(Path(path).expanduser())
        places = (Path(download_folder), _keras_cache() / self.keras_folder, *self.further)
        for folder in places:
            if all(self._is_there(folder / name) for name in self.files):
                return folder
        if altered := self._altered(places[0]):  # perhaps the user's own: never overwritten
            raise UserError(
                f"{self.title} was found, but not as it was published: {'; '.join(altered)}. Move the file away to "
                f"have it downloaded, or name another folder, {self._cures()}. {OFFLINE}"
            )
        self._download(places, timeout)
        return places[0]

    def _download(self, places: Sequence[Path], timeout: float) -> None:
        """Download the files into the first of the places, in all of which they were looked for."""
        try:
            for name, digests in self.files.items():
                download(self.url + name, places[0] / name, digest=digests[0], timeout=timeout)
        except OSError as error:
            expected = ", ".join(f"{name} ({_expected(digests)})" for name, digests in self.files.items())
            altered = "".join(f" Not used: {text}." for folder in places for text in self._altered(folder))
            raise UserError(
                f"{self.title} is not on this machine and could not be downloaded from {self.url} ({error}). Looked in "
                f"{', '.join(map(str, places))} for {expected}.{altered} Put the files into {places[0]}, name their "
                f"folder, {self._cures()}. {OFFLINE}"
            ) from error

    def file(self, path: str | None, *, download_folder: str, timeout: float) -> Path:
        """Return the one file of a data set, found by the same rule as ``folder``."""
        (name,) = self.files
        cached = _keras_cache() / self.keras_name
        if not path and self.keras_name and _is(cached, self.files[name]):
            return cached
        return self.folder(path, download_folder=download_folder, timeout=timeout) / name

    def _cures(self) -> str:
        return f"data.path=FOLDER{''.join(f', or {cure}' for cure in self.further.values())}"

    def _altered(self, folder: Path) -> list[str]:
        """Return, of each file in the folder that is another than was published, what it is."""
        files = {folder / name: digests for name, digests in self.files.items()}
        return [
            f"{file} has {kind_of(digests[0])} {digest_of(file, digests[0])}, expected {_expected(digests)}"
            for file, digests in files.items()
            if file.is_file() and not _is(file, digests)
        ]

    def _given(self, path: Path) -> Path:
        folder = path.parent if path.name in self.files and len(self.files) == 1 else path
        cure = f"data.path must be a folder with the unaltered {', '.join(self.files)}."
        for name, digests in self.files.items():
            if not self._is_there(folder / name):
                verified(folder / name, digests[0], cure=cure)
        return folder

    def _is_there(self, file: Path) -> bool:
        return _is(file, self.files[file.name])


def _expected(digests: Sequence[str]) -> str:
    return f"{kind_of(digests[0])} {' or '.join(digests)}"


def _is(file: Path, digests: Sequence[str]) -> bool:
    """Return whether the file is there with one of the digests."""
    return file.is_file() and any(has_digest(file, digest) for digest in digests)


def _keras_cache() -> Path:
    return Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "datasets"
