"""Names cut to fit where they are written."""

from collections.abc import Iterable
from itertools import accumulate, takewhile
from unicodedata import east_asian_width

_LONGEST = 18  # columns; longer ones would overlap


def short(name: str) -> str:
    """Return a class name short enough for a label: of a long one the beginning and the end, where most differ.

    Example:
        >>> short("the_class_with_a_long_name_42")
        'the_class…_name_42'
    """
    if columns(name) <= _LONGEST:
        return name
    return _beginning(name, _LONGEST // 2) + "…" + _beginning(reversed(name), (_LONGEST - 1) // 2)[::-1]


def columns(text: str) -> int:
    """Return how wide a text is in letters; those of Chinese, Japanese and Korean are as wide as two.

    Example:
        >>> columns("cat"), columns("고양이")
        (3, 6)
    """
    return sum(map(_columns, text))


def _beginning(letters: Iterable[str], most: int) -> str:
    letters = list(letters)
    fitting = takewhile(lambda width: width <= most, accumulate(map(_columns, letters)))
    return "".join(letters[: len(list(fitting))])


def _columns(letter: str) -> int:
    return 2 if east_asian_width(letter) in "WF" else 1
