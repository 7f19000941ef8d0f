import numpy as np
import pytest

from experiments.data.npz import npz
from experiments.errors import UserError
from experiments.stored import StoredInputs

IMAGES = np.arange(12 * 4, dtype=np.uint8).reshape(12, 2, 2)
LABELS = np.uint8([0, 1, 2] * 4)
ARRAYS = {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES[:3], "y_test": LABELS[:3]}
UNDIVIDED = {"test_inputs": None, "test_labels": None, "test_split": 0.25}


def load(tmp_path, arrays=ARRAYS, **changes: object):
    np.savez(tmp_path / "arrays.npz", **arrays)
    return npz(**({"path": str(tmp_path / "arrays.npz"), "target": "classes", "kind": "image"} | changes))


def test_arrays_come_as_they_are_and_grey_images_get_a_channel(tmp_path):
    raw = load(tmp_path)

    np.testing.assert_array_equal(raw.train_inputs, IMAGES[..., np.newaxis], strict=True)
    np.testing.assert_array_equal(raw.test_labels, LABELS[:3], strict=True)
    assert (raw.class_names, raw.origin) == (["0", "1", "2"], str(tmp_path / "arrays.npz"))


@pytest.mark.parametrize("kind", ["image", "table"])
def test_only_images_get_a_channel(tmp_path, kind):
    assert load(tmp_path, kind=kind).train_inputs.shape == ((12, 2, 2, 1) if kind == "image" else (12, 2, 2))


def test_big_endian_arrays_come_in_this_machines_order_of_bytes(tmp_path):
    arrays = {name: array.astype(">i2") for name, array in ARRAYS.items()}

    for in_memory in (True, False):
        raw = load(tmp_path, arrays, in_memory=in_memory)

        assert (raw.train_inputs.dtype.str, raw.train_labels.dtype.str) == ("<i2", "<i2")
        np.testing.assert_array_equal(np.asarray(raw.train_inputs)[..., 0], IMAGES)


def test_labels_may_be_a_column_and_the_arrays_may_have_other_names(tmp_path):
    arrays = {"pictures": IMAGES, "kinds": LABELS[:, np.newaxis]}

    raw = load(tmp_path, arrays, train_inputs="pictures", train_labels="kinds", **UNDIVIDED)

    assert (raw.train_labels.shape, raw.test_labels.shape) == ((9,), (3,))
    assert sorted(raw.test_labels) == [0, 1, 2], "held out, each class with its share"


@pytest.mark.parametrize("form", ["file", "folder"])
def test_examples_that_are_not_held_are_the_same(tmp_path, form):
    if form == "folder":
        for name, array in ARRAYS.items():
            np.save(tmp_path / f"{name}.npy", array)
    held, stored = (
        load(tmp_path, in_memory=choice, **({"path": str(tmp_path)} if form == "folder" else {}))
        for choice in (True, False)
    )

    for name in ("train_inputs", "train_labels", "test_inputs", "test_labels"):
        np.testing.assert_array_equal(getattr(stored, name), getattr(held, name), strict=True)
    assert isinstance(stored.train_inputs, StoredInputs)
    assert isinstance(held.train_inputs, np.ndarray)
    assert stored.train_inputs.shape == (12, 2, 2, 1)


def test_a_compressed_file_can_only_be_held(tmp_path):
    np.savez_compressed(tmp_path / "small.npz", **ARRAYS)

    assert len(load(tmp_path, path=str(tmp_path / "small.npz")).train_inputs) == 12
    with pytest.raises(UserError, match=r"is compressed.*data\.in_memory=true, or write them with numpy\.savez"):
        load(tmp_path, path=str(tmp_path / "small.npz"), in_memory=False)


def test_numbers_to_predict_may_be_any(tmp_path):
    raw = load(tmp_path, ARRAYS | {"y_train": np.linspace(-1, 1, 12)}, target="number")

    assert (raw.train_labels[0], raw.class_names) == (-1.0, [])


@pytest.mark.parametrize(
    ("arrays", "changes", "fragments"),
    [
        (ARRAYS, {"path": None}, ["data.path must name an .npz file or a folder of .npy files, got null"]),
        (ARRAYS, {"path": "/nowhere.npz"}, ["got /nowhere.npz"]),
        (ARRAYS, {"train_inputs": "x_trian"}, ["no array 'x_trian'", "Did you mean 'x_train'", "y_train, x_test"]),
        (ARRAYS | {"y_train": LABELS[:5]}, {}, ["12 examples and 5 labels in 'y_train'"]),
        (ARRAYS | {"y_test": np.ones((3, 2))}, {}, ["'y_test' must have the shape (n,)", "(3, 2)"]),
        (ARRAYS | {"y_train": np.ones(12)}, {}, ["must be integers from 0 on", "float64"]),
        (ARRAYS | {"y_train": np.eye(3, dtype=int)[LABELS]}, {}, ["(12, 3)", "take numpy.argmax(labels, axis=1)"]),
        (
            ARRAYS | {"y_test": np.array([])},
            {},
            ["'y_test' must have the shape (n, …) without an empty axis, got (0,)"],
        ),
        (ARRAYS | {"x_train": np.array(3)}, {"in_memory": False}, ["'x_train' must have the shape (n, …)", "got ()"]),
        (ARRAYS | {"x_train": np.ones((12, 0, 6))}, {"in_memory": False}, ["an empty axis, got (12, 0, 6)"]),
        (ARRAYS | {"x_test": IMAGES[:3] + 1j}, {}, ["'x_test' must hold numbers", "got complex128"]),
        (
            {"x_train": IMAGES, "y_train": LABELS},
            {},
            [
                "no array 'x_test'",
                "data.source.test_inputs=…",
                "hold some of the training examples out",
                "_inputs=null",
            ],
        ),
        (ARRAYS | {"x_train": np.array([{}] * 12)}, {}, ["cannot be read as an .npz file of plain arrays"]),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path, arrays, changes, fragments):
    with pytest.raises(UserError) as refusal:
        load(tmp_path, arrays, **changes)

    assert [fragment for fragment in fragments if fragment not in str(refusal.value)] == [], refusal.value


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_npz_is_refused(tmp_path, content):
    (tmp_path / "other.npz").write_bytes(content)

    with pytest.raises(UserError, match=r"cannot be read as an \.npz"):
        npz(path=str(tmp_path / "other.npz"), target="classes", kind="image")
