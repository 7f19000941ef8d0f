"""Measure peak memory and speed of training on examples held in memory and streamed from files.

`python benchmarks/streaming.py [pictures|texts|table] [--sizes 2000 4000] [--epochs 3]` makes JPEGs of 180 x 180
pixels, texts of 150 words or rows of 20 numbers in a temporary folder, then trains in a process of its own for each
case and prints a table.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

CLASSES = 4
SIDE = 180
CASES = {"held": "true", "streamed": "false"}


def make_pictures(folder: Path, count: int) -> list[str]:
    """Write so many noisy pictures of coloured gradients; return what trains on them."""
    from PIL import Image

    random = np.random.default_rng(0)
    ramp = np.linspace(0, 160, SIDE)[:, None, None]
    for number in range(count):
        label = number % CLASSES
        picture = np.rot90(np.broadcast_to(ramp, (SIDE, SIDE, 3)), label) + random.integers(0, 90, (SIDE, SIDE, 3))
        file = folder / f"class{label}" / f"{number:05}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture.astype(np.uint8)).save(file, quality=90)
    model = ["model=cnn", "model.filters=[8,16,16]", "model.units=[32]", "trainer.validation_batch_size=32"]
    return ["data=image_folder", f"data.path={folder}", *model]


def make_texts(folder: Path, count: int) -> list[str]:
    """Write so many texts, of words of which some are commoner in one class; return what trains on them."""
    random = np.random.default_rng(0)
    words = np.array([f"word{number:04}" for number in range(5000)])
    chances = [np.where(np.arange(5000) % CLASSES == label, 1.5, 1.0) for label in range(CLASSES)]
    folder.mkdir()
    with (folder / "texts.csv").open("w") as file:
        file.write("text,label\n")
        for number in range(count):
            label = number % CLASSES
            text = " ".join(random.choice(words, 150, p=chances[label] / chances[label].sum()))
            file.write(f"{text},class{label}\n")
    return ["data=text_file", f"data.path={folder}/texts.csv", "model=text_average", "trainer.batch_size=512"]


def make_table(folder: Path, count: int) -> list[str]:
    """Write so many rows of noise around a number for each class; return what trains on them."""
    random = np.random.default_rng(0)
    names = [f"c{number}" for number in range(20)]
    folder.mkdir()
    with (folder / "table.csv").open("w") as file:
        file.write(",".join([*names, "label"]) + "\n")
        for number in range(count):
            label = number % CLASSES
            cells = random.normal(label, 2, len(names))
            file.write(",".join([*(f"{cell:.4f}" for cell in cells), f"class{label}"]) + "\n")
    columns = "data.columns={" + ",".join(f"{name}: float_normalized" for name in names) + "}"
    model = ["model=mlp", "model.units=[32]", "trainer.batch_size=512"]
    return ["data=csv", f"data.path={folder}/table.csv", "data.label=label", columns, *model]


KINDS = {"pictures": make_pictures, "texts": make_texts, "table": make_table}


def measure(knobs: Sequence[str]) -> None:
    """Load, train and score; print the seconds of the fastest epoch and the peak memory as JSON."""
    import keras

    from experiments import builders
    from experiments.app import compose
    from experiments.trainers.scoring import score

    config = compose("train", [*knobs, "trainer.verbose=0"])
    began = time.perf_counter()
    splits = builders.splits(config)
    loaded = time.perf_counter() - began
    trainer = builders.trainer(config)
    trainer.prepare(seed=1)
    model, ends = builders.model(config, splits), [time.perf_counter()]
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
    parser.add_argument("kind", nargs="?", choices=KINDS, default="pictures", help="of the examples")
    parser.add_argument("--sizes", type=int, nargs="+", default=[2000, 4000], help="examples (default: 2000 4000)")
    parser.add_argument("--epochs", type=int, default=3, help="of which the fastest counts (default: 3)")
    options = parser.parse_args()
    columns = [options.kind, "way", "until training", "examples a second", "peak memory", "test accuracy"]
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    with tempfile.TemporaryDirectory() as temporary:
        for size in options.sizes:
            knobs = [*KINDS[options.kind](Path(temporary) / str(size), size), f"trainer.epochs={options.epochs}"]
            for way, in_memory in CASES.items():
                program = f"from streaming import measure; measure({[*knobs, f'data.in_memory={in_memory}']!r})"
                output = subprocess.run(
                    [sys.executable, "-c", program],
                    cwd=Path(__file__).parent,
                    capture_output=True,
                    text=True,
                    check=True,
                ).stdout
                found = json.loads(output.splitlines()[-1])
                speed, peak = found["examples"] / found["epoch"], found["peak"] / 1e6
                line = f"{found['load']:.1f} s | {speed:.0f} | {peak:.0f} MB | {found['accuracy']:.4f}"
                print(f"| {size:,} | {way} | {line} |", flush=True)


if __name__ == "__main__":
    main()
