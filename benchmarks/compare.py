"""Compare whole runs of ours with the plain Keras programs: `python benchmarks/compare.py [--runs 5] [CASE …]`.

Each case is run in turn, plain and ours, as whole processes with the seeds 1, 2, 3, …; ours with everything on:
tracking, TensorBoard, checkpoints, pictures, the model logged and registered. What is printed are medians and their
ratio, so a machine that slows down meanwhile hits both sides.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CASES = {  # name: model, epochs
    "mlp-5": ("mlp", 5),
    "mlp-10": ("mlp", 10),
    "cnn-1": ("cnn", 1),
    "basic_cnn-1": ("basic_cnn", 1),
}
ROWS = {  # key: (what, unit, digits)
    "wall": ("wall time", "s", 1),
    "cpu": ("CPU time", "s", 1),
    "memory": ("peak memory", "MB", 0),
    "epoch": ("one epoch, the first left out where there are more", "s", 2),
    "accuracy": ("test accuracy, mean", "", 4),
}


def measured(command: list[str], log: Path) -> dict[str, float]:
    """Run a command to its end and return its wall seconds, CPU seconds and peak memory in MB."""
    environment = os.environ | {"PYTHONPATH": str(HERE), "TF_CPP_MIN_LOG_LEVEL": "2"}
    began = time.perf_counter()
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    if status:
        sys.exit(f"{' '.join(command)} failed:\n{log.read_text()}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024}


def plain(model: str, epochs: int, seed: int, folder: Path) -> dict[str, float]:
    """Run the plain program once."""
    result = folder / "plain.json"
    command = [sys.executable, str(HERE / "plain_keras.py"), model, str(epochs), str(seed), str(result)]
    row = measured(command, folder / "plain.log")
    answer = json.loads(result.read_text())
    return row | {"epoch": typical(answer["epoch_seconds"]), "accuracy": answer["test_accuracy"]}


def ours(model: str, epochs: int, seed: int, folder: Path) -> dict[str, float]:
    """Run our command once, in a store that earlier runs have made."""
    clock, run = folder / "clock.json", folder / f"{model}-{epochs}-{seed}"
    command = [sys.executable, "-m", "experiments.train", f"model={model}", "data=mnist", f"seed={seed}"]
    command += [f"trainer.epochs={epochs}", "callbacks.early_stopping.patience=100", f"paths.store={folder / 'mlruns'}"]
    command += ["+callbacks.clock._target_=epoch_seconds.EpochSeconds", f"+callbacks.clock.file={clock}"]
    command += [f"hydra.run.dir={run}"]
    row = measured(command, folder / "ours.log")
    answer = json.loads((run / "results.json").read_text())
    return row | {"epoch": typical(json.loads(clock.read_text())), "accuracy": answer["test"]["accuracy"]}


def typical(seconds: list[float]) -> float:
    """Return the median epoch, without the first, which also traces the graph, where there are others."""
    return statistics.median(seconds[1:] or seconds)


def main() -> None:
    """Run the cases and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}; default: all")
    parser.add_argument("--runs", type=int, default=5, help="of each side in each case (default: 5)")
    options = parser.parse_args()
    if unknown := set(options.cases) - set(CASES):
        parser.error(f"no such case: {', '.join(sorted(unknown))} (choose from {', '.join(CASES)})")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours("mlp", 1, 0, folder)  # makes the store, as a first run ever would, and warms the disk's cache
        plain("mlp", 1, 0, folder)
        print("| case | what | plain Keras | ours | ratio |\n|---|---|---|---|---|")
        for case in options.cases or CASES:
            rounds = [
                (plain(*CASES[case], seed, folder), ours(*CASES[case], seed, folder))
                for seed in range(1, options.runs + 1)
            ]
            for key, (what, unit, digits) in ROWS.items():
                middle = statistics.mean if key == "accuracy" else statistics.median
                theirs, mine = (middle(row[side][key] for row in rounds) for side in (0, 1))
                ratio = f"{mine - theirs:+.4f}" if key == "accuracy" else f"{mine / theirs:.2f}"
                print(
                    f"| {case} | {what} | {theirs:.{digits}f} {unit} | {mine:.{digits}f} {unit} | {ratio} |", flush=True
                )


if __name__ == "__main__":
    main()
