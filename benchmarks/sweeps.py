"""Compare searches: `python benchmarks/sweeps.py [--rounds 1] [--environments FOLDER] [CASE …]`.

Whole commands, in turn: ours, Hydra's own Optuna sweeper with the joblib launcher, a loop around Optuna written by
hand, Keras Tuner; all train with the same code, with two workers of one thread. Stacks that cannot live beside ours get
environments of their own, which are made at the first use and kept.
"""

import argparse
from pathlib import Path

from searching import micro_cases, mnist_cases
from searching.table import print_table

CASES = {
    "search": mnist_cases.search,
    "overhead": mnist_cases.overhead,
    "keras_tuner": mnist_cases.keras_tuner,
    "noop": micro_cases.noop,
    "report": micro_cases.report,
    "memory": micro_cases.memory,
    "resume": micro_cases.resume,
}


def main() -> None:
    """Run the cases and print a table for each, in Markdown."""
    told = "; ".join(f"{name}: {case.__doc__}" for name, case in CASES.items())
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog=told)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}; default: all")
    parser.add_argument("--rounds", type=int, default=1, help="times that each is run (default: 1)")
    default = Path(__file__).resolve().parent / "environments"
    parser.add_argument("--environments", type=Path, default=default, help="folder (default: %(default)s)")
    options = parser.parse_args()
    if unknown := set(options.cases) - set(CASES):
        parser.error(f"no such case: {', '.join(sorted(unknown))} (choose from {', '.join(CASES)})")
    for name in options.cases or CASES:
        print_table(name, CASES[name](options.environments.absolute(), options.rounds))


if __name__ == "__main__":
    main()
