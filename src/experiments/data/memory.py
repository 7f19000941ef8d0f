"""Whether a data set is held in memory or read from its files as it is needed."""

import logging
import os
from pathlib import Path
from typing import Literal

from experiments.errors import UserError

InMemory = bool | Literal["auto"]
_SHARE = 1 / 3  # of the memory that is available: loading and dividing take the examples twice, the model comes on top
_GZIPPED = 4  # how much larger a text is than what gzip makes of it
_MEMINFO = Path("/proc/meminfo")
_CONTAINERS = (  # folder, limit and use of a container, of the second and of the first version of cgroups
    (Path("/sys/fs/cgroup"), "memory.max", "memory.current"),
    (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes", "memory.usage_in_bytes"),
)
_log = logging.getLogger("experiments")


def is_held(in_memory: InMemory, nbytes: int, *, origin: str) -> bool:
    """Return whether examples are to be held in memory.

    Args:
        in_memory: ``True`` and ``False`` decide by themselves; ``"auto"`` holds what takes less than a third of the
            memory that is available.
        nbytes: of the examples, decoded.
        origin: of the data, for the line that says so where they are not held.

    Raises:
        UserError: ``in_memory`` is something else.
    """
    if in_memory not in (True, False, "auto"):
        raise UserError(f"data.in_memory must be true, false or auto, got {in_memory!r}.")
    free = available_memory()
    if in_memory is True or (in_memory == "auto" and nbytes < _SHARE * free):
        return True
    amounts = f"{nbytes / 2**30:.1f} GiB, of {free / 2**30:.1f} GiB of memory available"
    _log.info("%s: the examples are read as they are needed (%s)", origin, amounts)
    return False


def unpacked_bytes(file: Path) -> int:
    """Return the size of a text file, about; of one that is gzipped, which does not say so itself, a usual one.

    A file that is not there has none: whoever reads it says so.
    """
    return (file.stat().st_size if file.is_file() else 0) * (_GZIPPED if file.name.lower().endswith(".gz") else 1)


def available_memory() -> int:
    """Return the bytes that this process can still use before the machine, or its container, runs out."""
    amounts = [free for container in _CONTAINERS if (free := _left_in_container(*container)) is not None]
    if _MEMINFO.is_file():
        fields = dict(line.split(":") for line in _MEMINFO.read_text().splitlines())
        amounts.append(int(fields["MemAvailable"].split()[0]) * 1024)
    else:  # half of what the machine has
        amounts.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2)
    return max(0, min(amounts))


def _left_in_container(folder: Path, limit: str, used: str) -> int | None:
    """Return the bytes left; what only keeps files at hand is given back when it is needed."""
    try:
        left = int((folder / limit).read_text()) - int((folder / used).read_text())
        kept = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
    except (OSError, ValueError):  # there is no container, or its limit is the word "max"
        return None
    return left + int(kept.get("inactive_file", 0)) + int(kept.get("active_file", 0))
