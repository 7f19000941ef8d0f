import numpy as np
import pytest
from PIL import Image

from experiments.data.image_folder import image_folder
from experiments.errors import UserError

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


def test_grey_pictures_have_one_channel(tmp_path):
    assert image_folder(path=str(fill(tmp_path)), size=[6, 4, 1]).train_inputs.shape[1:] == (6, 4, 1)


def test_folders_for_training_and_test_are_kept_apart(tmp_path):
    fill(tmp_path / "train", 4)
    fill(tmp_path / "test", 2)

    raw = image_folder(path=str(tmp_path), size=SIZE)

    assert (len(raw.train_labels), raw.test_labels.tolist()) == (12, [0, 0, 1, 1, 2, 2])


@pytest.mark.parametrize("broken", [b"", b"no picture", b"\xff\xd8\xff\xe0 a JPEG that ends too soon"])
def test_a_file_that_is_no_picture_is_named_and_refused_or_left_out(tmp_path, caplog, broken):
    fill(tmp_path)
    (tmp_path / "red" / "broken.jpg").write_bytes(broken)

    with pytest.raises(UserError) as refusal:
        image_folder(path=str(tmp_path), size=SIZE)
    raw = image_folder(path=str(tmp_path), size=SIZE, unreadable="skip")

    assert "1 files cannot be read as pictures" in str(refusal.value)
    assert "red/broken.jpg" in str(refusal.value)
    assert "data.source.unreadable=skip" in str(refusal.value)
    assert len(raw.train_labels) + len(raw.test_labels) == 15
    assert "red/broken.jpg" in caplog.text


def test_what_is_no_picture_by_its_name_is_passed_over(tmp_path):
    fill(tmp_path)
    (tmp_path / "red" / "notes.txt").write_text("no picture")
    (tmp_path / "README").write_text("no class")
    (tmp_path / ".hidden").mkdir()

    assert len(image_folder(path=str(tmp_path), size=SIZE).class_names) == 3


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
