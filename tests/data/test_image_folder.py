import numpy as np
import pytest
from PIL import Image

from experiments.data.image_folder import image_folder
from experiments.errors import UserError
from experiments.stored import StoredInputs
from experiments.types import held

COLOURS = {"blue": (0, 0, 200), "green": (0, 200, 0), "red": (200, 0, 0)}
SIZE = [6, 4, 3]


def fill(folder, count: int = 5, endings=("jpg", "png", "bmp", "gif", "webp")):
    """Make a folder of plain pictures of several sizes and formats for each colour."""
    for name, colour in COLOURS.items():
        (folder / name).mkdir(parents=True)
        for number in range(count):
            picture = Image.new("RGB", (5 + number, 9), colour)
            picture.save(folder / name / f"{number}.{endings[number % len(endings)]}")
    return folder


def test_pictures_of_any_size_and_format_become_arrays_of_one_size(tmp_path):
    raw = image_folder(path=str(fill(tmp_path)), size=SIZE, test_split=0.2)

    assert raw.class_names == ["blue", "green", "red"]
    assert (raw.train_inputs.shape, raw.test_inputs.shape) == ((12, 6, 4, 3), (3, 6, 4, 3))
    assert raw.train_inputs.dtype == np.uint8
    assert sorted(raw.test_labels) == [0, 1, 2]
    for image, label in zip(raw.train_inputs, raw.train_labels, strict=True):
        colour = list(COLOURS.values())[label]
        assert abs(image.astype(int) - colour).max() < 20, "JPEG changes a colour a little"


@pytest.mark.parametrize("divided", [False, True])
def test_pictures_that_are_not_held_are_the_same_to_the_bit(tmp_path, divided):
    for part in ("train", "test") if divided else ("",):
        fill(tmp_path / part)

    whole, stored = (image_folder(path=str(tmp_path), size=SIZE, in_memory=choice) for choice in (True, False))

    for name in ("train_inputs", "train_labels", "test_inputs", "test_labels"):
        np.testing.assert_array_equal(getattr(stored, name), getattr(whole, name), strict=True)
    assert isinstance(stored.train_inputs, StoredInputs)
    assert isinstance(whole.train_inputs, np.ndarray)


def test_grey_pictures_have_one_channel(tmp_path):
    assert image_folder(path=str(fill(tmp_path)), size=[6, 4, 1]).train_inputs.shape[1:] == (6, 4, 1)


def test_folders_for_training_and_test_are_kept_apart(tmp_path):
    fill(tmp_path / "train", 4)
    fill(tmp_path / "test", 2)

    raw = image_folder(path=str(tmp_path), size=SIZE)

    assert (len(raw.train_labels), raw.test_labels.tolist()) == (12, [0, 0, 1, 1, 2, 2])


@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize("broken", [b"", b"no picture", b"\xff\xd8\xff\xe0 a JPEG that ends too soon"])
def test_a_file_that_is_no_picture_is_named_and_refused_or_left_out(tmp_path, said, broken, in_memory):
    fill(tmp_path)
    (tmp_path / "red" / "broken.jpg").write_bytes(broken)

    with pytest.raises(UserError) as refusal:
        held(image_folder(path=str(tmp_path), size=SIZE, in_memory=in_memory, test_split=0.2).train_inputs)
    raw = image_folder(path=str(tmp_path), size=SIZE, unreadable="skip", in_memory=in_memory)

    assert ("1 files" if in_memory else "a file") + " cannot be read as" in str(refusal.value)
    assert "red/broken.jpg" in str(refusal.value)
    assert "data.source.unreadable=skip" in str(refusal.value)
    assert len(np.asarray(raw.train_inputs)) + len(np.asarray(raw.test_inputs)) == 15
    assert len(raw.train_labels) + len(raw.test_labels) == 15
    assert "red/broken.jpg" in said()


def test_what_is_no_picture_by_its_name_is_passed_over(tmp_path):
    fill(tmp_path)
    (tmp_path / "red" / "notes.txt").write_text("no picture")
    (tmp_path / "README").write_text("no class")
    (tmp_path / ".hidden").mkdir()
    for hidden in (".ipynb_checkpoints/0.png", "._0.png"):
        (tmp_path / "red" / hidden).parent.mkdir(exist_ok=True)
        (tmp_path / "red" / hidden).write_bytes(b"no picture")

    raw = image_folder(path=str(tmp_path), size=SIZE)

    assert (len(raw.class_names), len(raw.train_labels) + len(raw.test_labels)) == (3, 15)


@pytest.mark.parametrize(
    ("parts", "fragment"),
    [
        (("train", "validation"), "a folder for each of 'train', 'validation': there must be both, 'train' and 'test'"),
        (("train", "validation", "test"), "a folder for each of 'test', 'train', 'validation'"),
    ],
)
def test_parts_that_would_be_taken_for_classes_or_ignored_are_refused(tmp_path, parts, fragment):
    for part in parts:
        fill(tmp_path / part, 1)

    with pytest.raises(UserError) as refusal:
        image_folder(path=str(tmp_path), size=SIZE)

    assert fragment in str(refusal.value)


def test_parts_may_be_written_in_capitals_and_need_the_same_classes(tmp_path):
    fill(tmp_path / "Train", 2)
    fill(tmp_path / "Test", 1)

    assert image_folder(path=str(tmp_path), size=SIZE).class_names == sorted(COLOURS)

    (tmp_path / "Test" / "reds").mkdir()
    with pytest.raises(UserError, match=r"Test/reds is a class without a folder in .*Train.* Did you mean 'red'"):
        image_folder(path=str(tmp_path), size=SIZE)


@pytest.mark.parametrize("size", [None, [], [8, 8], [8, 8, 4], [8, 0, 3], [8, 8.5, 3], 8, "abc"])
def test_a_size_that_is_none_is_refused(tmp_path, size):
    with pytest.raises(UserError, match=r"data\.input_shape must be \[height, width, channels\]") as refusal:
        image_folder(path=str(fill(tmp_path, 2)), size=size)

    assert f"got {'null' if size is None else size}." in str(refusal.value)


@pytest.mark.parametrize(
    ("folders", "path", "fragment"),
    [
        ((), None, "data.path must be a folder with a folder for each class, got null"),
        ((), "nowhere", "nowhere"),
        ((), "", "at least two classes, got none"),
        (("one",), "", "at least two classes, got one"),
        (("empty", "void"), "", "empty holds no picture that can be read"),
    ],
)
def test_a_folder_without_classes_or_pictures_is_refused(tmp_path, folders, path, fragment):
    for name in folders:
        (tmp_path / name).mkdir()

    with pytest.raises(UserError) as refusal:
        image_folder(path=path and str(tmp_path / path) if path != "" else str(tmp_path), size=SIZE)

    assert fragment in str(refusal.value)


def test_a_class_with_one_picture_cannot_be_divided(tmp_path):
    fill(tmp_path, 3)
    (tmp_path / "violet").mkdir()
    Image.new("RGB", (5, 5)).save(tmp_path / "violet" / "only.png")

    with pytest.raises(UserError, match=r"two examples each.*violet \(1\)"):
        image_folder(path=str(tmp_path), size=SIZE)
