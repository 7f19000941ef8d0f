import pytest

from experiments.plots.names import columns, short


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("cat", "cat"),
        ("eighteen letters !", "eighteen letters !"),
        ("nineteen letters !!", "nineteen …tters !!"),
        ("아홉글자이름은안줄임", "아홉글자…은안줄임"),
        ("", ""),
    ],
)
def test_long_names_lose_their_middle(name, label):
    assert short(name) == label
    assert columns(label) <= 18


def test_names_with_a_common_beginning_stay_apart():
    names = [f"the_class_with_a_long_name_{number}" for number in range(100)]

    assert len(set(map(short, names))) == 100
