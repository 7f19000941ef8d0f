"""Check every shipped config without training: `python -m experiments.check`; or one: `… model=cnn data=wine`."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from omegaconf import OmegaConf

from experiments.app import compose, one_clear_error
from experiments.config.targets import check_target, targets
from experiments.messages import explain
from experiments.paths import CONF, ROOT
from experiments.quiet import import_tensorflow

_GROUPS = (
    "data",
    "augmentation",
    "model",
    "optimizer",
    "schedule",
    "fine_tuning",
    "task",
    "callbacks",
    "trainer",
    "tracking",
    "registry",
    "saving",
    "pictures",
    "experiment",
    "debug",
)

_MODEL_OF_KIND = {"image": "mlp", "table": "mlp", "text": "text_average"}
_DATA_OF_KIND = {"table": "wine", "text": "text_file"}
_DATA_OF_TASK = {
    "binary_classification": ["data=csv", "model=mlp"],
    "regression": ["data=auto_mpg", "model=mlp"],
}


def shipped_overrides() -> Iterator[list[str]]:
    """Yield the command line that chooses each shipped option of each group, beginning with the defaults."""
    yield []
    for group in _GROUPS:
        for file in sorted((CONF / group).glob("*.yaml")):
            option = f"[{file.stem}]" if group in ("callbacks", "saving") else file.stem
            yield [f"{group}={option}", *_companions(group, file)]
    for file in sorted((*(CONF / "sweeps").glob("*.yaml"), *(ROOT / "sweeps").glob("*.yaml"))):
        yield [f"sweeps={file.stem}"]


def _companions(group: str, file: Path) -> list[str]:
    """Return what an option needs beside it where it does not go with the defaults."""
    if group == "task":
        return _DATA_OF_TASK.get(file.stem, [])
    if group == "model":
        accepts = OmegaConf.load(file).accepts
        return [] if "image" in accepts else [f"data={_DATA_OF_KIND[accepts[0]]}"]
    if group != "data":
        return []
    data = OmegaConf.load(file)
    task = ["task=regression"] if data.target == "number" else []
    return [f"model={_MODEL_OF_KIND[data.kind]}", *task]


def check(overrides: Sequence[str]) -> None:
    """Compose, resolve and cross-check one config, and bind the arguments of every ``_target_`` to its signature.

    Raises:
        UserError: with what is wrong.
    """
    config = compose("train", overrides)
    import_tensorflow(log=Path(os.devnull))
    for key, node in targets(config):
        check_target(key, node)


def main(arguments: Sequence[str]) -> int:
    """Check the config that the arguments describe, or without arguments every shipped one; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m experiments.check", description=__doc__)
    parser.add_argument("overrides", nargs="*", help="as for experiments.train; none: each shipped config")
    chosen, failed = parser.parse_args(arguments).overrides, 0
    for overrides in [chosen] if chosen else shipped_overrides():
        try:
            check(overrides)
            verdict = "ok"
        except Exception as error:  # each config is judged, whatever is wrong with another
            failed += 1
            verdict = f"Error: {explain(error)}"
        print(f"{' '.join(overrides) or 'the defaults':40} {verdict}", flush=True)
    print(f"{failed} of them cannot be used." if failed else "All can be used.")
    return 1 if failed else 0


def entry() -> None:
    """Run ``main`` with the command line's arguments."""
    with one_clear_error():
        sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    entry()
