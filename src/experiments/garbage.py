"""Put Python's garbage collector off while much is imported."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """Collect no garbage in the block, and never look at the modules that it imported again.

    Modules stay until the end of the process. To look through them again and again while they are being imported
    took a quarter of the time of ``import tensorflow``, measured with TensorFlow 2.21. A block that imports nothing
    new sets nothing aside: that would keep whatever garbage there is at the moment.
    """
    was_on, modules = gc.isenabled(), len(sys.modules)
    gc.disable()
    try:
        yield
    finally:
        if len(sys.modules) > modules:
            gc.freeze()
        if was_on:
            gc.enable()
