"""Made-up data of every kind, for demonstrations without a file or a network."""

import numpy as np

from experiments.data.hold_out import hold_out_test
from experiments.data.text_labels import texts_of
from experiments.types import RawData


def images(
    *,
    examples: int = 2000,
    size: int = 16,
    classes: int = 4,
    noise: float = 0.5,
    seed: int = 0,
    test_split: float = 0.2,
) -> RawData:
    """Make grey pictures of shape ``(size, size, 1)``, uint8: bright bars at an angle for each class, and noise.

    Args:
        examples: in all.
        size: height and width in pixels.
        classes: number of angles.
        noise: standard deviation, where a bar is 1 brighter than its ground.
        seed: of places and noise.
        test_split: share held out for the test, in (0, 1).
    """
    random = np.random.default_rng(seed)
    labels = np.arange(examples) % classes
    angles, shifts = np.pi * labels / classes, random.uniform(0, 2 * np.pi, examples)
    rows, columns = np.mgrid[:size, :size] * (6 * np.pi / size)
    waves = columns * np.cos(angles)[:, None, None] + rows * np.sin(angles)[:, None, None] + shifts[:, None, None]
    bright = (np.sin(waves) + 1) / 2 + random.normal(0, noise, (examples, size, size))
    pixels = (np.clip(bright, 0, 1) * 255).astype(np.uint8)[..., np.newaxis]
    names = [f"{180 * label // classes} degrees" for label in range(classes)]
    return hold_out_test(pixels, labels, test_split=test_split, stratify=True, origin="synthetic", class_names=names)


def table(*, examples: int = 2000, classes: int = 3, seed: int = 0, test_split: float = 0.2) -> RawData:
    """Make points of shape ``(10,)``, float32, in clusters of several classes, by scikit-learn.

    Args:
        examples: in all.
        classes: number of them.
        seed: of the points.
        test_split: share held out for the test, in (0, 1).
    """
    from sklearn.datasets import make_classification

    points, labels = make_classification(examples, 10, n_informative=5, n_classes=classes, random_state=seed)
    return hold_out_test(points.astype(np.float32), labels, test_split=test_split, stratify=True, origin="synthetic")


def numbers(*, examples: int = 2000, noise: float = 1.0, seed: int = 0, test_split: float = 0.2) -> RawData:
    """Make points of shape ``(10,)``, float32, and a number that depends on five of their values.

    Args:
        examples: in all.
        noise: standard deviation that is added to the number, whose own is about 5.
        seed: of points and noise.
        test_split: share held out for the test, in (0, 1).

    Source: Friedman (1991), as scikit-learn's ``make_friedman1``.
    """
    from sklearn.datasets import make_friedman1

    points, values = make_friedman1(examples, 10, noise=noise, random_state=seed)
    return hold_out_test(points.astype(np.float32), values, test_split=test_split, stratify=False, origin="synthetic")


def texts(
    *,
    examples: int = 2000,
    classes: int = 2,
    length: int = 40,
    telling: float = 0.1,
    seed: int = 0,
    test_split: float = 0.2,
) -> RawData:
    """Make texts of invented words, shape ``(n,)``, dtype object; each class has some words that are its own.

    Args:
        examples: in all.
        classes: number of them, up to 50.
        length: of the longest text in words; the shortest has half as many.
        telling: share of a text's words that are its class's own, in [0, 1].
        seed: of the words.
        test_split: share held out for the test, in (0, 1).
    """
    random = np.random.default_rng(seed)
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
    words = np.array([f"{first}{second}" for first in syllables for second in syllables])
    own = random.permutation(words)[: 20 * classes].reshape(classes, 20)
    labels = np.arange(examples) % classes
    made = []
    for label in labels:
        count = random.integers(length // 2, length + 1)
        mixed = np.where(random.random(count) < telling, random.choice(own[label], count), random.choice(words, count))
        made.append(" ".join(mixed))
    names = [f"topic {label + 1}" for label in range(classes)]
    return hold_out_test(
        texts_of(made), labels, test_split=test_split, stratify=True, origin="synthetic", class_names=names
    )
