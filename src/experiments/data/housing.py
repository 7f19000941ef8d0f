"""The two tables of house prices that come with Keras: Boston and California."""

from pathlib import Path

import numpy as np

from experiments.data.find import Published
from experiments.types import RawData

BOSTON = Published(
    title="Boston housing",
    files={
        "boston_housing.npz": (
            "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
            "9a38dd3bf92f3c2809445778cc12336e985c0faf67eb64379f6809dca11ef4bc",  # the same arrays from R's package MASS
        )
    },
)
CALIFORNIA = Published(
    title="California housing",
    files={"california_housing.npz": ("1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",)},
)
_SHUFFLE_SEED = 113  # Keras' own: the same test split as `keras.datasets` gives


def boston_housing(
    *, path: str | None = None, download_folder: str, timeout: float = 20, test_split: float = 0.2
) -> RawData:
    """Load 506 suburbs of Boston, 13 features, shape ``(13,)``, float32, and the median price of a house in k$.

    Args:
        path: ``boston_housing.npz`` or its folder; only this one is used when it is given.
        download_folder: where downloads go.
        timeout: seconds without an answer before a download is given up. Default 20.
        test_split: share held out for the test, in (0, 1), as ``keras.datasets.boston_housing`` does.

    Source: Harrison and Rubinfeld (1978). One feature is a function of the share of Black people, which its authors
    took as a cause of the price; the set is here for comparison only.
    """
    folder = BOSTON.folder(path, download_folder=download_folder, timeout=timeout)
    return _load(folder / "boston_housing.npz", test_split, unit=1)


def california_housing(
    *, path: str | None = None, download_folder: str, timeout: float = 20, test_split: float = 0.2
) -> RawData:
    """Load 20,640 districts of California, 8 features, shape ``(8,)``, float32, and the median value of a house in k$.

    Args:
        path: ``california_housing.npz`` or its folder; only this one is used when it is given.
        download_folder: where downloads go.
        timeout: seconds without an answer before a download is given up. Default 20.
        test_split: share held out for the test, in (0, 1), as ``keras.datasets.california_housing`` does.

    Source: Pace and Barry (1997).
    """
    folder = CALIFORNIA.folder(path, download_folder=download_folder, timeout=timeout)
    return _load(folder / "california_housing.npz", test_split, unit=1000)


def _load(file: Path, test_split: float, *, unit: float) -> RawData:
    with np.load(file, allow_pickle=False) as arrays:
        features, prices = arrays["x"].astype(np.float32), (arrays["y"] / unit).astype(np.float32)
    order = np.arange(len(prices))
    np.random.RandomState(_SHUFFLE_SEED).shuffle(order)
    count = int(len(prices) * (1 - test_split))
    train, test = order[:count], order[count:]
    return RawData(
        train_inputs=features[train],
        train_labels=prices[train],
        test_inputs=features[test],
        test_labels=prices[test],
        origin=str(file),
    )
