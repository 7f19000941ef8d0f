"""MNIST from the file that comes with the package (see README.md in this folder for source and licence)."""

from pathlib import Path

import numpy as np

from experiments.data.digest import verified
from experiments.paths import DATA_FILES
from experiments.types import RawData

SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"


def mnist(path: str | None = None) -> RawData:
    """Load MNIST: 60,000 training and 10,000 test images of shape ``(28, 28, 1)``, uint8 0-255, labels 0-9.

    Args:
        path: another copy of the same ``mnist.npz``, or its folder. Default: the copy in the package.

    Raises:
        UserError: the file is missing or is not the one expected.

    Source: LeCun, Cortes and Burges, http://yann.lecun.com/exdb/mnist/.
    """
    file = Path(path).expanduser() if path else DATA_FILES / "mnist.npz"
    file = file / "mnist.npz" if file.is_dir() else file
    cure = "Put an unaltered mnist.npz there, or leave out data.path to use the one that comes with the package."
    with np.load(verified(file, SHA256, cure=cure), allow_pickle=False) as arrays:
        return RawData(
            train_inputs=arrays["x_train"][..., np.newaxis],
            train_labels=arrays["y_train"],
            test_inputs=arrays["x_test"][..., np.newaxis],
            test_labels=arrays["y_test"],
            origin=str(file),
        )
