import gc

import pytest

from experiments.garbage import no_collection


@pytest.mark.parametrize("was_on", [True, False])
def test_nothing_is_collected_meanwhile_and_everything_is_as_before_afterwards(was_on):
    (gc.enable if was_on else gc.disable)()
    try:
        with no_collection():
            assert not gc.isenabled()
        assert gc.isenabled() == was_on
    finally:
        gc.enable()
        gc.unfreeze()


def test_what_was_made_meanwhile_is_not_looked_through_again():
    before = gc.get_freeze_count()
    with no_collection():
        made = [[] for _ in range(1000)]

    try:
        assert gc.get_freeze_count() >= before + len(made)
    finally:
        gc.unfreeze()
