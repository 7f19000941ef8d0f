import numpy as np
import pytest

from experiments.data.hold_out import hold_out_test

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
