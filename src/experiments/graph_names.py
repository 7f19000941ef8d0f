"""Names of columns as TensorFlow takes them, in graphs and in signatures. Standard library only."""

import re

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def graph_name(name: str, number: int) -> str:
    """Return a name as it is if it is plain, else one that is, and that no other column has.

    Args:
        name: of a column, or made of it.
        number: of the column.

    Example:
        >>> graph_name("age", 0), graph_name("fixed acidity", 1)
        ('age', 'column_1_fixed_acidity')
    """
    return name if _PLAIN.fullmatch(name) else f"column_{number}_{re.sub(r'[^A-Za-z0-9_]', '_', name)}"
