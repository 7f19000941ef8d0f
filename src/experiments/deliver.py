"""Deliver to MLflow what it was owed when it went away: `python -m experiments.deliver tracking.uri=http://…`."""

import argparse
import logging
import sys
from collections.abc import Sequence

from experiments import builders
from experiments.app import compose, one_clear_error
from experiments.errors import UserError


def main(arguments: Sequence[str]) -> None:
    """Deliver what is kept for the store of the config that the arguments describe.

    Raises:
        UserError: the store does not answer, or something could not be delivered.
    """
    parser = argparse.ArgumentParser(prog="python -m experiments.deliver", description=__doc__)
    parser.add_argument("overrides", nargs="*", help="that say where, such as tracking.uri=http://127.0.0.1:5000")
    tracker = builders.tracker(compose("train", parser.parse_args(arguments).overrides))
    tracker.check()
    if failed := tracker.deliver():
        raise UserError("\n".join(failed))
    print(f"Nothing more is owed{f' to {tracker}' if str(tracker) else ''}, but by runs that still go on.")


def entry() -> None:
    """Run ``main`` with the command line's arguments."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    logging.getLogger("experiments").setLevel(logging.INFO)
    with one_clear_error():
        main(sys.argv[1:])


if __name__ == "__main__":
    entry()
