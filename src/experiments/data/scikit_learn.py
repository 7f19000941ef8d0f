"""Small real data sets that come with scikit-learn: runs of seconds, without a network."""

import numpy as np

from experiments.data.hold_out import hold_out_test
from experiments.types import RawData


def digits(*, test_split: float = 0.2) -> RawData:
    """Load 1,797 handwritten digits of shape ``(8, 8, 1)``, uint8 0-16, labels 0-9.

    Args:
        test_split: share held out for the test, in (0, 1), stratified. Default 0.2.

    Source: Alpaydin and Kaynak (1998), https://archive.ics.uci.edu/dataset/80.
    """
    from sklearn.datasets import load_digits

    data = load_digits()
    images = data.images.astype(np.uint8)[..., np.newaxis]
    origin = "scikit-learn's load_digits"
    return hold_out_test(images, data.target, test_split=test_split, stratify=True, origin=origin)


def wine(*, test_split: float = 0.2) -> RawData:
    """Load 178 wines by 13 measurements, shape ``(13,)``, float32, labels 0-2.

    Args:
        test_split: share held out for the test, in (0, 1), stratified. Default 0.2.

    Source: Aeberhard and Forina (1991), https://archive.ics.uci.edu/dataset/109.
    """
    from sklearn.datasets import load_wine

    data = load_wine()
    measurements, origin = data.data.astype(np.float32), "scikit-learn's load_wine"
    return hold_out_test(measurements, data.target, test_split=test_split, stratify=True, origin=origin)
