import numpy as np
import pytest

from experiments.data.hold_out import hold_out_test
from experiments.errors import UserError

INPUTS = np.arange(40)
LABELS = np.repeat([0, 1], [30, 10])


@pytest.mark.parametrize("inputs", [INPUTS, {"a": INPUTS, "b": -INPUTS}], ids=["array", "columns"])
@pytest.mark.parametrize("stratify", [True, False])
def test_the_test_split_is_a_share_that_never_moves(inputs, stratify):
    raw, again = (
        hold_out_test(inputs, LABELS, test_split=0.2, stratify=stratify, origin="here", class_names=("x", "y"))
        for _ in range(2)
    )

    train, test = (part["a"] if isinstance(part, dict) else part for part in (raw.train_inputs, raw.test_inputs))
    assert (len(train), len(test)) == (32, 8)
    assert sorted([*train, *test]) == list(range(40))
    assert raw.train_labels.tolist() == LABELS[train].tolist()
    assert raw.test_labels.tolist() == LABELS[test].tolist() == again.test_labels.tolist()
    assert not stratify or sum(raw.test_labels) == 2
    assert (raw.origin, raw.class_names) == ("here", ("x", "y"))


@pytest.mark.parametrize(
    ("labels", "share", "fragment"),
    [
        ([0, 0, 0, 1], 0.5, "two examples each, one to learn from and one to be tested on, got y (1), x (3). To"),
        ([0, 0, 0, 0], 0.5, "at least two classes of two examples each, one to learn from"),
        ([], 0.5, "here has no rows"),
        ([0, 0, 1, 1], 0.2, "with data.source.test_split=0.2 one of the two parts is smaller than 2"),
        ([0, 0, 1, 1], 0.8, "cannot have every class"),
    ],
)
def test_what_cannot_be_divided_is_refused(labels, share, fragment):
    with pytest.raises(UserError) as refusal:
        hold_out_test(
            np.arange(len(labels)),
            np.array(labels, dtype=int),
            test_split=share,
            stratify=True,
            origin="here",
            class_names=("x", "y"),
        )

    assert fragment in str(refusal.value)


def test_of_many_classes_the_smallest_are_named():
    with pytest.raises(UserError) as refusal:
        hold_out_test(np.arange(999), np.arange(999), test_split=0.5, stratify=True, origin="here")

    assert "got 0 (1), 1 (1)" in str(refusal.value)
    assert "9 (1) and 989 more. To predict a number" in str(refusal.value)
