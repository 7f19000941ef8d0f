import gc
import sys
from types import ModuleType

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


@pytest.mark.parametrize("imports", [True, False])
def test_modules_imported_meanwhile_are_not_looked_through_again_but_garbage_stays_garbage(imports):
    sys.modules.pop("this_is_new", None)
    before = gc.get_freeze_count()
    with no_collection():
        made = [[] for _ in range(1000)]
        if imports:
            sys.modules["this_is_new"] = ModuleType("this_is_new")

    try:
        assert (gc.get_freeze_count() >= before + len(made)) == imports
    finally:
        sys.modules.pop("this_is_new", None)
        gc.unfreeze()
