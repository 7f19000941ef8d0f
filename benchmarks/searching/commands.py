"""Run whole commands to their end and measure them."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from searching.environments import ROOT

THREADS = dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1")
"""One thread of TensorFlow for each of the two workers, whatever starts them."""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What commands, with all the processes that they started, took.

    Args:
        began: in seconds since the epoch.
        wall: seconds.
        cpu: seconds.
        memory: of the largest process, in MB.
    """

    began: float
    wall: float
    cpu: float
    memory: float


def measured(commands: Sequence[Sequence[str]], folder: Path, environment: Mapping[str, str] | None = None) -> Usage:
    """Run commands side by side until all have ended.

    Raises:
        SystemExit: one of them failed; the message has its output.
    """
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT / "benchmarks")])
    variables = os.environ | {"PYTHONPATH": paths, "TF_CPP_MIN_LOG_LEVEL": "2"} | dict(environment or {})
    began, clock = time.time(), time.perf_counter()
    running = []
    for number, command in enumerate(commands):
        log = folder / f"command-{number}.log"
        with log.open("w") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=variables, cwd=folder)
        running.append((process, command, log))
    usages = []
    for process, command, log in running:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if status:
            sys.exit(f"{' '.join(command)} failed:\n{log.read_text()[-5000:]}")
        usages.append(usage)
    return Usage(
        began=began,
        wall=time.perf_counter() - clock,
        cpu=sum(usage.ru_utime + usage.ru_stime for usage in usages),
        memory=max(usage.ru_maxrss for usage in usages) / 1024,
    )
