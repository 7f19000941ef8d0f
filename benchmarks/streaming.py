"""Measure peak memory and speed of training on pictures held in memory and read from their files.

`python benchmarks/streaming.py [--sizes 2000 4000] [--epochs 3]` makes JPEGs of 180 x 180 pixels, once, in a temporary
folder, then trains in a process of its own for each case and prints a table.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

CLASSES = 4
SIDE = 180
CASES = {"held": "true", "streamed": "false"}


def make(folder: Path, count: int) -> Path:
    """Write so many noisy pictures of coloured gradients."""
    from PIL import Image

    random = np.random.default_rng(0)
    ramp = np.linspace(0, 160, SIDE)[:, None, None]
    for number in range(count):
        label = number % CLASSES
        picture = np.rot90(np.broadcast_to(ramp, (SIDE, SIDE, 3)), label) + random.integers(0, 90, (SIDE, SIDE, 3))
        file = folder / f"class{label}" / f"{number:05}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture.astype(np.uint8)).save(file, quality=90)
    return folder


def measure(folder: str, in_memory: str, epochs: int) -> None:
    """Load, train and score; print the seconds of each epoch and the peak memory as JSON."""
    import keras

    from experiments import build
    from experiments.app import compose
    from experiments.trainers.scoring import score

    knobs = [
        "data=image_folder",
        f"data.path={folder}",
        f"data.in_memory={in_memory}",
        "model=cnn",
        "trainer.verbose=0",
    ]
    knobs += ["model.filters=[8,16,16]", "model.units=[32]", f"trainer.epochs={epochs}"]
    config = compose("train", [*knobs, "trainer.validation_batch_size=32"])
    began = time.perf_counter()
    splits = build.splits(config)
    loaded = time.perf_counter() - began
    trainer = build.trainer(config)
    trainer.prepare(seed=1)
    model, ends = build.model(config, splits), [time.perf_counter()]
    ended = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: ends.append(time.perf_counter()))
    trainer.fit(model, splits, [ended])
    accuracy = score(model, splits.test)[0]["accuracy"]
    seconds = min(np.diff(ends))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found = {"load": loaded, "epoch": seconds, "examples": len(splits.train) + len(splits.validation), "peak": peak}
    print(json.dumps(found | {"accuracy": accuracy, "fingerprint": splits.fingerprint}))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[2000, 4000], help="pictures (default: 2000 4000)")
    parser.add_argument("--epochs", type=int, default=3, help="of which the fastest counts (default: 3)")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(*options.measure, epochs=options.epochs)
        return
    columns = ["pictures", "way", "until training", "examples a second", "peak memory", "test accuracy"]
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    with tempfile.TemporaryDirectory() as temporary:
        for size in options.sizes:
            folder = make(Path(temporary) / str(size), size)
            for way, in_memory in CASES.items():
                command = [
                    sys.executable,
                    __file__,
                    "--epochs",
                    str(options.epochs),
                    "--measure",
                    str(folder),
                    in_memory,
                ]
                output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                found = json.loads(output.splitlines()[-1])
                speed, peak = found["examples"] / found["epoch"], found["peak"] / 1e6
                line = f"{found['load']:.1f} s | {speed:.0f} | {peak:.0f} MB | {found['accuracy']:.4f}"
                print(f"| {size:,} | {way} | {line} |", flush=True)


if __name__ == "__main__":
    main()
