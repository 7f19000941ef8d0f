import numpy as np
import pytest
from PIL import Image

from experiments.errors import UserError
from experiments.saving.examples import read_examples

IMAGES = {"kind": "image", "shape": [4, 6, 1], "dtype": "uint8"}
COLOUR = {"kind": "image", "shape": [4, 6, 3], "dtype": "uint8"}
TABLE = {"kind": "table", "shape": [2], "dtype": "float32"}
COLUMNS = {"kind": "table", "columns": {"age": "float32", "town": "object"}}
TEXT = {"kind": "text", "shape": [], "dtype": "object"}


@pytest.mark.parametrize("about", [IMAGES, COLOUR])
def test_pictures_of_any_size_and_mode_are_brought_to_that_of_the_model(tmp_path, about):
    files = []
    for number, mode in enumerate(("RGB", "L", "RGBA", "P")):
        files.append(str(tmp_path / f"{number}.png"))
        Image.new(mode, (20 + number, 9)).save(files[-1])

    names, images = read_examples(files, about)

    assert (names, images.shape, images.dtype) == (files, (4, *about["shape"]), np.uint8)


def test_one_array_gets_the_axis_of_the_batch_and_many_are_numbered(tmp_path):
    one, many = str(tmp_path / "one.npy"), str(tmp_path / "many.npy")
    np.save(one, np.full((4, 6, 1), 7))
    np.save(many, np.zeros((2, 4, 6, 1)))

    names, images = read_examples([one, many], IMAGES)

    assert names == [one, f"{many}[0]", f"{many}[1]"]
    assert (images.shape, images[0, 0, 0, 0], images.dtype) == ((3, 4, 6, 1), 7, np.uint8)


def test_texts_are_given_as_they_are_or_in_files(tmp_path):
    (tmp_path / "review.txt").write_text("schön und gut")

    names, texts = read_examples(["so bad", str(tmp_path / "review.txt")], TEXT)

    assert texts.tolist() == ["so bad", "schön und gut"]
    assert (names[0], texts.dtype, texts.shape) == ("so bad", object, (2,))


def test_tables_come_by_column_or_as_rows(tmp_path):
    (tmp_path / "people.csv").write_text("town,age,more\nBonn,3.5,x\nKöln,4,y\n")
    (tmp_path / "points.csv").write_text("a,b\n1,2\n")

    names, columns = read_examples([str(tmp_path / "people.csv")], COLUMNS)
    _, rows = read_examples([str(tmp_path / "points.csv")], TABLE)

    assert len(names) == 2
    assert {name: column.tolist() for name, column in columns.items()} == {"age": [3.5, 4.0], "town": ["Bonn", "Köln"]}
    np.testing.assert_array_equal(rows, np.float32([[1, 2]]), strict=True)


@pytest.mark.parametrize(
    ("name", "content", "about", "fragment"),
    [
        ("nowhere.png", None, IMAGES, "there is no file"),
        ("bad.png", b"no picture", IMAGES, "cannot be read as a picture"),
        ("bad.csv", b"twon,age\nBonn,3\n", COLUMNS, "has no column 'town'. Did you mean 'twon'?"),
        ("bad.csv", b"town,age\nBonn,old\n", COLUMNS, "is not a table that the model takes"),
        ("bad.csv", b"a,b,c\n1,2,3\n", TABLE, "is not a table that the model takes"),
    ],
)
def test_what_the_model_does_not_take_is_refused(tmp_path, name, content, about, fragment):
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(UserError) as refusal:
        read_examples([str(tmp_path / name)], about)

    assert fragment in str(refusal.value)


@pytest.mark.parametrize(("about", "wanted"), [(IMAGES, "shape (4, 6, 1)"), (COLUMNS, "use a .csv file")])
def test_an_array_of_another_shape_is_refused(tmp_path, about, wanted):
    np.save(tmp_path / "other.npy", np.zeros((2, 5)))

    with pytest.raises(UserError) as refusal:
        read_examples([str(tmp_path / "other.npy")], about)

    assert "holds examples of shape (5,)" in str(refusal.value)
    assert wanted in str(refusal.value)
