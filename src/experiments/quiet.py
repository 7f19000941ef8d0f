"""Import TensorFlow without its page of start-up messages."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from experiments.garbage import no_collection


def import_tensorflow(log: Path) -> None:
    """Import TensorFlow and Keras and find its devices; what its C++ parts print meanwhile goes to the file ``log``.

    They write to the file descriptor itself and heed no setting before they are up (seen with TensorFlow 2.21).
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if "tensorflow" in sys.modules:
        return
    with _stderr_into(log), no_collection():
        import keras  # noqa: F401
        import tensorflow as tf

        tf.config.list_physical_devices()


@contextmanager
def _stderr_into(path: Path) -> Iterator[None]:
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with path.open("ab") as file:
            os.dup2(file.fileno(), 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
