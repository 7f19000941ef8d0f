"""Names and texts in a figure look as they are written, whatever they hold."""

from collections.abc import Iterator
from contextlib import contextmanager

from experiments.plots.fonts import families, missing_letters_told


@contextmanager
def as_written() -> Iterator[None]:
    """Let the texts that are made in the block, or in the decorated function, stand as they are.

    Letters that the usual font lacks are taken from any other that is installed and has them. Without this ``$``
    begins a formula: ``a$b$c`` loses its dollars, and ``$frac{$`` cannot be drawn at all. Settings of ``matplotlib``
    are as before after the block.

    Example:
        >>> from matplotlib.figure import Figure
        >>> with as_written():
        ...     Figure().text(0, 0, "$5 or $6").get_parse_math()
        False
    """
    from matplotlib import font_manager, rc_context, rcParams

    fonts = families(rcParams["font.family"], font_manager.get_font_names())
    with rc_context({"text.parse_math": False, "font.family": fonts}), missing_letters_told():
        yield
