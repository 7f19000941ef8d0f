"""Files of one text, and what to say of one that is in another encoding. Standard library only."""

import codecs
import gzip
import zlib
from pathlib import Path

from experiments.errors import UserError

_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF8: "utf-8"}


def text_in(file: Path, encoding: str, *, knob: str) -> str:
    """Return the text in a file, without the mark that some editors begin it with, which is part of no word.

    Args:
        file: not gzipped.
        encoding: that it is in.
        knob: as for ``wrong_encoding``.

    Raises:
        UserError: the file cannot be read, or is in another encoding.
    """
    try:
        return file.read_text(encoding=encoding).removeprefix("\ufeff")
    except UnicodeError as error:
        raise wrong_encoding(file, encoding, error, knob=knob) from error
    except (OSError, LookupError) as error:
        raise UserError(f"{file} cannot be read: {error}.") from error


def wrong_encoding(file: Path, encoding: str, error: UnicodeError, *, knob: str) -> UserError:
    """Return an error that names the encoding which the file seems to be in.

    Args:
        file: gzipped or not.
        encoding: that it was read in.
        error: that came of it.
        knob: where the encoding is set; empty where it is that of the training data.
    """
    cure = f"Set {knob}={_likely(file, encoding)}, say." if knob else "The training data was read so: convert the file."
    return UserError(f"{file} is not text in {encoding} ({error}). {cure}")


def _likely(file: Path, encoding: str) -> str:
    opened = gzip.open if file.name.lower().endswith(".gz") else open
    try:
        with opened(file, "rb") as content:
            begin = content.read(len(codecs.BOM_UTF8))
    except (OSError, EOFError, zlib.error):  # what follows from damage is told by whoever reads the file
        begin = b""
    marked = next((name for mark, name in _MARKS.items() if begin.startswith(mark)), None)
    return marked or ("utf-8" if encoding.lower().startswith("utf-16") else "latin-1")
