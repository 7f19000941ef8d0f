import warnings

import pytest
from matplotlib import get_cachedir

from experiments.plots import fonts
from experiments.plots.as_written import as_written
from experiments.plots.figure import new_figure, save_png


@pytest.mark.parametrize(
    ("usual", "installed", "expected"),
    [
        (["sans-serif"], [], ["sans-serif"]),
        (["sans-serif"], ["NanumGothic", "Comic Sans"], ["sans-serif", "NanumGothic"]),
        (["Arial"], ["NanumGothic", "Noto Sans CJK JP"], ["Arial", "Noto Sans CJK JP", "NanumGothic"]),
        (["NanumGothic"], ["NanumGothic"], ["NanumGothic"]),
    ],
)
def test_other_fonts_follow_the_usual_ones_where_they_are_installed(usual, installed, expected):
    assert fonts.families(usual, installed) == expected


@pytest.mark.parametrize(
    ("text", "missing", "cure"),
    [
        ("ሀለሐ", "ሀለሐ", "name a font that has them in font.family of a matplotlibrc."),
        ("고양이", "고양이", f"delete {get_cachedir()}/fontlist-*.json, where matplotlib remembers the fonts."),
        ("".join(map(chr, range(0xAC00, 0xAC64))), "가각갂갃간갅갆갇갈갉갊갋…", "fonts-nanum"),
    ],
)
def test_letters_that_no_font_has_are_told_once(monkeypatch, tmp_path, said, text, missing, cure):
    monkeypatch.setattr(fonts, "_OTHERS", ())
    monkeypatch.setattr(fonts, "_told", set())

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number in range(2):
            with as_written():
                figure = new_figure(4, 1)
                figure.suptitle(text)
            save_png(figure, tmp_path / f"{number}.png")

    (message,) = said().splitlines()
    assert message.startswith(f"No font has {''.join(sorted(missing.rstrip('…')))}")
    assert cure in message


def test_other_warnings_are_passed_on():
    with pytest.warns(UserWarning, match="something else"), fonts.missing_letters_told():
        warnings.warn("something else", UserWarning, stacklevel=1)
