"""Run Hydra jobs in processes that are watched: the parent's side, and the child's."""

import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cloudpickle
from hydra.core.hydra_config import HydraConfig
from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, JobStatus, run_job, setup_globals
from omegaconf import open_dict

from experiments.errors import UserError
from experiments.search.worker import RECYCLE
from experiments.signals import clean_interrupts

_LOOK = 0.2  # seconds between two looks at the processes
_GRACE = 60  # seconds that a process has to end cleanly


@dataclass(kw_only=True)
class _Slot:
    """A place for one process at a time."""

    number: int
    payload: Path
    answer: Path
    log: Path
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    returned: JobReturn | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "experiments.search.processes", str(self.payload), str(self.answer)]
        self.answer.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.environment),
                start_new_session=True,  # Ctrl-C comes to the parent alone, which passes it on once
            )

    def died(self) -> bool:
        """Take the answer of a process that has ended; return whether there was none."""
        if not self.answer.is_file():
            return True
        self.returned = pickle.loads(self.answer.read_bytes())  # noqa: S301 (written by our own process)
        return False


def run_processes(
    jobs: Sequence[Mapping[str, Any]], *, threads: int | None, gpus: Sequence[int] | None, max_restarts: int
) -> list[JobReturn]:
    """Run each job in a process of its own until all have returned.

    Args:
        jobs: ``hydra_context``, ``task_function``, ``config``, ``overrides`` and ``number`` of each.
        threads: CPU threads of each process; ``None`` divides the cores.
        gpus: numbers of the GPUs to hand out; ``None`` for all there are.
        max_restarts: deaths, all together, before it is given up.

    Raises:
        UserError: processes died more often than ``max_restarts``.
    """
    with tempfile.TemporaryDirectory() as folder:
        slots = [_slot(job, Path(folder), threads or max(1, (os.cpu_count() or 1) // len(jobs)), gpus) for job in jobs]
        with _ended(slots):
            for slot in slots:
                slot.start()
            deaths = 0
            while waiting := [slot for slot in slots if slot.returned is None]:
                time.sleep(_LOOK)
                for slot in waiting:
                    if slot.process is None or slot.process.poll() is None:
                        continue
                    died = slot.died()
                    deaths += died
                    if deaths > max_restarts:
                        raise UserError(
                            f"the workers died {deaths} times, the last one with exit code "
                            f"{slot.process.returncode}. Its log is {slot.log}."
                        )
                    if died or (slot.returned and slot.returned._return_value == RECYCLE):
                        slot.returned = None
                        slot.start()
        return [slot.returned for slot in slots if slot.returned is not None]


def _slot(job: Mapping[str, Any], folder: Path, threads: int, gpus: Sequence[int] | None) -> _Slot:
    number = job["number"]
    log = Path(_override(job, "hydra.sweep.dir") or str(job["config"].hydra.sweep.dir))
    payload = folder / f"{number}.job"
    payload.write_bytes(cloudpickle.dumps({**job, "singletons": Singleton.get_state(), "parent": os.getpid()}))
    environment = {
        **os.environ,
        "EXPERIMENTS_WORKER": str(number),
        "OMP_NUM_THREADS": str(threads),
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_NUM_INTEROP_THREADS": str(threads),
    }
    if visible := _gpus(gpus):
        environment["CUDA_VISIBLE_DEVICES"] = visible[number % len(visible)]
    log.mkdir(parents=True, exist_ok=True)
    return _Slot(
        number=number,
        payload=payload,
        answer=folder / f"{number}.answer",
        log=log / f"worker-{number}.log",
        environment=environment,
    )


def _gpus(chosen: Sequence[int] | None) -> list[str]:
    if chosen is not None:
        return [str(number) for number in chosen]
    if (visible := os.environ.get("CUDA_VISIBLE_DEVICES")) is not None:
        return [number for number in visible.split(",") if number]
    return sorted(path.name.removeprefix("nvidia") for path in Path("/dev").glob("nvidia[0-9]*"))


def _override(job: Mapping[str, Any], key: str) -> str:
    return next((text.partition("=")[2].strip("'") for text in job["overrides"] if text.startswith(f"{key}=")), "")


@contextmanager
def _ended(slots: Sequence[_Slot]) -> Iterator[None]:
    """Ask every process that is still there when the block is left to end, and end it if it does not."""
    try:
        yield
    finally:
        alive = [slot.process for slot in slots if slot.process and slot.process.poll() is None]
        for process in alive:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + _GRACE
        for process in alive:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _run_child(payload: Path, answer: Path) -> None:
    """Run one job in this process; the child's side."""
    job = cloudpickle.loads(payload.read_bytes())
    threading.Thread(target=_end_with, args=(job["parent"],), daemon=True).start()
    setup_globals()
    Singleton.set_state(job["singletons"])
    composed = job["hydra_context"].config_loader.load_sweep_config(job["config"], job["overrides"])
    with open_dict(composed):
        composed.hydra.job.id = composed.hydra.job.num = job["number"]
    HydraConfig.instance().set_config(composed)
    with clean_interrupts():
        returned = run_job(
            hydra_context=job["hydra_context"],
            task_function=job["task_function"],
            config=composed,
            job_dir_key="hydra.sweep.dir",
            job_subdir_key="hydra.sweep.subdir",
        )
    if returned.status == JobStatus.FAILED and isinstance(returned._return_value, BaseException):
        returned._return_value = RuntimeError(f"{type(returned._return_value).__name__}: {returned._return_value}")
    partial = answer.with_suffix(".partial")
    partial.write_bytes(cloudpickle.dumps(returned))
    partial.replace(answer)


def _end_with(parent: int) -> None:
    """End this process cleanly once its parent is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    _run_child(Path(sys.argv[1]), Path(sys.argv[2]))
