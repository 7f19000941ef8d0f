"""Rows of a result, printed as a Markdown table with the targets beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measured quantity.

    Args:
        what: name, with the unit.
        values: by stack, the first of which is ours.
        target: as words; empty where there is none.
    """

    what: str
    values: Mapping[str, str]
    target: str = ""


def print_table(case: str, rows: Sequence[Row]) -> None:
    """Print the rows of one case."""
    stacks = list(dict.fromkeys(stack for row in rows for stack in row.values))
    print(f"| {case} | {' | '.join(stacks)} | target |\n|{'---|' * (len(stacks) + 2)}")
    for row in rows:
        print(f"| {row.what} | {' | '.join(row.values.get(stack, '') for stack in stacks)} | {row.target} |")
    print(flush=True)
