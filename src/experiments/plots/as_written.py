"""Names and texts in a figure look as they are written, whatever they hold."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def as_written() -> Iterator[None]:
    """Let the texts that are made in the block, or in the decorated function, stand as they are.

    Without it ``$`` begins a formula: ``a$b$c`` loses its dollars, and ``$frac{$`` cannot be drawn at all. Settings of
    ``matplotlib`` are as before after the block.

    Example:
        >>> from matplotlib.figure import Figure
        >>> with as_written():
        ...     Figure().text(0, 0, "$5 or $6").get_parse_math()
        False
    """
    from matplotlib import rc_context

    with rc_context({"text.parse_math": False}):
        yield
