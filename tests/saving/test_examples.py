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


def test_sixteen_bits_are_scaled_and_a_picture_too_large_to_be_decoded_is_refused(tmp_path, monkeypatch):
    Image.fromarray(np.full((4, 6), 200 * 257, np.uint16)).save(file := tmp_path / "deep.png")

    assert (read_examples([str(file)], IMAGES)[1] == 200).all()

    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4)
    with pytest.raises(UserError, match=r"deep\.png cannot be read as a picture: .*exceeds limit"):
        read_examples([str(file)], IMAGES)


def test_one_array_gets_the_axis_of_the_batch_and_many_are_numbered(tmp_path):
    one, many = str(tmp_path / "one.npy"), str(tmp_path / "many.npy")
    np.save(one, np.full((4, 6, 1), 7))
    np.save(many, np.zeros((2, 4, 6, 1)))

    names, images = read_examples([one, many], IMAGES)

    assert names == [one, f"{many}[0]", f"{many}[1]"]
    assert (images.shape, images[0, 0, 0, 0], images.dtype) == ((3, 4, 6, 1), 7, np.uint8)


@pytest.mark.parametrize(
    ("dtype", "array", "fragment"),
    [
        ("uint8", np.linspace(0, 1, 24), "holds float64 from 0.0 to 1.0, but the model takes uint8: whole numbers"),
        ("uint8", np.arange(240, 264), "holds int64 from 240 to 263"),
        ("uint8", np.arange(240, 264, dtype=np.uint16), "Save examples as they were before any scaling"),
        ("uint8", np.array([np.nan] * 24), "holds float64 from nan"),
        ("uint8", np.array(["1"] * 24), "holds <U1"),
        ("float32", np.array(["1"] * 24), "holds <U1, but the model takes float32. Save"),
        ("int8", np.arange(24) - 200, "from -200 to -177"),
        ("bool", np.arange(24), "whole numbers from 0 to 1"),
        ("uint8", np.arange(24.0), None),
        ("bool", np.arange(24) % 2, None),
        ("float32", np.arange(24) / 7, None),
        ("float32", np.arange(24), None),
        ("int64", np.arange(24, dtype=np.uint8), None),
    ],
)
def test_an_array_is_brought_to_the_models_type_only_without_loss(tmp_path, dtype, array, fragment):
    np.save(file := tmp_path / "one.npy", array.reshape(4, 6, 1))

    if fragment is None:
        _, images = read_examples([str(file)], IMAGES | {"dtype": dtype})
        np.testing.assert_array_equal(images.reshape(-1), array.astype(dtype), strict=True)
    else:
        with pytest.raises(UserError) as refusal:
            read_examples([str(file)], IMAGES | {"dtype": dtype})
        assert fragment in str(refusal.value)


def test_an_array_without_examples_is_refused(tmp_path):
    np.save(tmp_path / "none.npy", np.zeros((0, 4, 6, 1)))

    with pytest.raises(UserError, match=r"none\.npy holds no examples: its shape is \(0, 4, 6, 1\)"):
        read_examples([str(tmp_path / "none.npy")], IMAGES)


def test_texts_are_given_as_they_are_or_in_files(tmp_path):
    (tmp_path / "review.txt").write_text("schön und gut")
    (tmp_path / "OTHER.TXT").write_text("marked", encoding="utf-8-sig")
    files = [str(tmp_path / "review.txt"), str(tmp_path / "OTHER.TXT")]
    long = "a long one. " * 1000

    names, texts = read_examples(["so bad", *files, "~nobody so so", long], TEXT)

    assert texts.tolist() == ["so bad", "schön und gut", "marked", "~nobody so so", long]
    assert (names[0], texts.dtype, texts.shape) == ("so bad", object, (5,))


def test_files_are_read_as_those_trained_on_were(tmp_path):
    (tmp_path / "people.csv").write_text("town; age\nNA; -9\nKöln; 4\n", encoding="latin-1")
    (tmp_path / "review.txt").write_text("schön", encoding="latin-1")
    reading = {"separator": ";", "encoding": "latin-1", "missing_values": []}

    _, columns = read_examples([str(tmp_path / "people.csv")], COLUMNS | {"reading": reading})
    _, texts = read_examples([str(tmp_path / "review.txt")], TEXT | {"reading": {"encoding": "latin-1"}})

    assert (columns["town"].tolist(), columns["age"].tolist(), texts.tolist()) == (["NA", "Köln"], [-9, 4], ["schön"])
    with pytest.raises(UserError, match="an empty cell in column 'town', in row 1"):
        read_examples([str(tmp_path / "people.csv")], COLUMNS | {"reading": {**reading, "missing_values": ["NA"]}})


def test_tables_come_by_column_or_as_rows(tmp_path):
    (tmp_path / "people.csv").write_text("town,age,more\nBonn,3.5,x\nKöln,4,y\n")
    (tmp_path / "points.csv").write_text("0,1\n1,2\n")

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
        ("bad.npy", b"no array", IMAGES, "cannot be read as a .npy file"),
        ("a.png", b"any", IMAGES | {"dtype": "float32"}, "trained on float32 arrays of a scale that only you know"),
        ("bad.csv", b"twon,age\nBonn,3\n", COLUMNS, "has no column 'town'. Did you mean 'twon'?"),
        (
            "bad.csv",
            b"town,age\nBonn,3\nBonn,old\n",
            COLUMNS,
            "column 'age', row 2 must hold a finite number (float32), ",
        ),
        ("bad.csv", b"town,age\nBonn,3\nBonn,nan\n", COLUMNS, "column 'age', row 2 must hold a finite number"),
        ("bad.csv", b"town,age\nBonn,3\nBonn\n", COLUMNS, "an empty cell in column 'age', in row 2. Fill it in"),
        ("bad.csv", b"town,age\nBonn,3,\n", COLUMNS, "the header names 2 columns, but a row has 3 cells, in line 2"),
        ("bad.csv", b"town,age\n", COLUMNS, "has no rows"),
        ("bad.csv", b"town;age\nBonn;3\n", COLUMNS, "The training data was separated by ','"),
        ("bad.csv", b"town,age\nK\xf6ln,3\n", COLUMNS, "is not text in utf-8"),
        ("bad.csv", b"a,b,c\n1,2,3\n", TABLE, "has 3 columns, but the model takes 2"),
        ("bad.csv", b"3.5,2\n1,2\n", TABLE, "must name the columns in its first line, got the numbers 3.5, 2."),
        ("bad.csv", b"a,b\n1,x\n", TABLE, "column 'b', row 1 must hold a finite number"),
        ("bad.csv", b"a,b\n1,\n", TABLE, "an empty cell in column 'b', in row 1"),
        ("bad.txt", b"K\xf6ln", TEXT, "is not text in utf-8"),
        ("nowhere.txt", None, TEXT, "there is no file"),
        ("nowhere.csv", None, TEXT, "there is no file"),
        ("nowhere.npy", None, TEXT, "there is no file"),
        ("texts.csv", b"text\nfine\n", TEXT, "is no text: give texts themselves"),
        ("review.md", b"fine", TEXT, "is no text: give texts themselves"),
        ("TEXTS.NPY", b"x", TEXT, "cannot be read as a .npy file"),
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
