import re

import pytest

from experiments.graph_names import graph_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("age", "age"),
        ("age_preprocessor", "age_preprocessor"),
        ("fixed acidity", "column_3_fixed_acidity"),
        ("größe (m²)", "column_3_gr__e__m__"),
        ("_x", "column_3__x"),
        ("2019", "column_3_2019"),
    ],
)
def test_a_name_that_tensorflow_would_refuse_is_replaced(name, expected):
    assert graph_name(name, 3) == expected
    assert re.fullmatch("[A-Za-z][A-Za-z0-9_]*", expected)


def test_columns_of_like_names_are_told_apart():
    names = ["a b", "a_b", "a?b", "日本", "東京"]

    assert len({graph_name(name, number) for number, name in enumerate(names)}) == len(names)
