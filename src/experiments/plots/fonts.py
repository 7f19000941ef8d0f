"""Letters that the usual font lacks: other fonts to take them from, and one line where none has them."""

import logging
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from unicodedata import name

_OTHERS = (  # what Linux, Windows and macOS come with, or can be given, for Korean, Chinese and Japanese
    *("Noto Sans CJK KR", "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans KR", "Noto Sans JP", "Noto Sans SC"),
    *("NanumGothic", "NanumBarunGothic", "UnDotum", "Malgun Gothic", "Apple SD Gothic Neo", "AppleGothic"),
    *("WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Microsoft YaHei", "SimHei", "PingFang SC", "PingFang HK"),
    *("IPAexGothic", "TakaoGothic", "Yu Gothic", "Meiryo", "Hiragino Sans", "Arial Unicode MS"),
)
_MISSING = re.compile(r"Glyph (\d+) .*missing from font", re.DOTALL)
_EAST_ASIAN = {"HANGUL", "CJK", "HIRAGANA", "KATAKANA", "FULLWIDTH"}
_MOST_LETTERS = 12
_log = logging.getLogger("experiments")
_told: set[str] = set()  # scripts: a process draws many pictures of the same names


def families(usual: Iterable[str], installed: Iterable[str]) -> list[str]:
    """Return the usual fonts and, for what they lack, others that are installed.

    A font that is not there must not be named: ``matplotlib`` complains of it at every text.

    Example:
        >>> families(["sans-serif"], installed={"DejaVu Sans", "NanumGothic"})
        ['sans-serif', 'NanumGothic']
    """
    usual, there = list(usual), set(installed)
    return usual + [font for font in _OTHERS if font in there and font not in usual]


@contextmanager
def missing_letters_told() -> Iterator[None]:
    """Say once for each script which letters no font has, in place of ``matplotlib``'s warning for each letter."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    missing = set()
    for warning in caught:
        if found := _MISSING.match(str(warning.message)):
            missing.add(chr(int(found[1])))
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    if missing:
        _tell(missing)


def _tell(letters: set[str]) -> None:
    scripts = {name(letter, "UNNAMED").split()[0] for letter in letters}
    if scripts <= _told:
        return
    _told.update(scripts)
    from matplotlib import get_cachedir

    cure = "name a font that has them in font.family of a matplotlibrc"
    if scripts & _EAST_ASIAN:
        cure = "install one (Debian, Ubuntu: fonts-nanum for Korean, or fonts-noto-cjk for Chinese and Japanese, too)"
        cure += f" and delete {get_cachedir()}/fontlist-*.json, where matplotlib remembers the fonts"
    some = "".join(sorted(letters)[:_MOST_LETTERS]) + ("…" if len(letters) > _MOST_LETTERS else "")
    _log.warning("No font has %s: pictures show boxes in their place. To see them, %s.", some, cure)
