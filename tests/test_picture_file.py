import numpy as np
import pytest
from PIL import Image, ImageOps

from experiments.picture_file import picture_in

GREYS = np.uint16([[0, 128, 257, 30000], [32768, 40000, 65000, 65535]])
SCALED = [[0, 0, 1, 117], [128, 156, 253, 255]]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("grey.png", GREYS),
        ("big_endian.tif", GREYS.astype(">u2")),
        ("grey.pgm", GREYS.astype(np.int32)),
        ("wide.tif", GREYS.astype(np.int32)),
    ],
)
def test_sixteen_bits_are_scaled_to_eight(tmp_path, name, array, channels):
    Image.fromarray(array).save(tmp_path / name)

    picture = picture_in(tmp_path / name, [2, 4, channels])

    assert (picture.shape, picture.dtype) == ((2, 4, channels), np.uint8)
    assert all(picture[..., channel].tolist() == SCALED for channel in range(channels))


@pytest.mark.parametrize("channels", [1, 3])
def test_eight_bits_stay_as_they_are(tmp_path, channels):
    Image.fromarray(np.uint8(SCALED)).save(tmp_path / "grey.png")

    assert picture_in(tmp_path / "grey.png", [2, 4, channels])[..., 0].tolist() == SCALED


@pytest.mark.parametrize("name", ["photo.png", "photo.jpg", "photo.tif"])
@pytest.mark.parametrize("orientation", range(10))
def test_a_photo_is_turned_as_its_camera_says(tmp_path, name, orientation):
    shown = Image.fromarray(np.uint8([[0] * 16, [255] * 16]).repeat(8, axis=0))  # dark above
    shown.paste(128, (0, 0, 8, 8))  # and grey on the left of it
    exif = Image.Exif()
    exif[0x0112] = orientation
    shown.save(tmp_path / name, exif=exif)

    with Image.open(tmp_path / name) as photo:
        expected = np.asarray(ImageOps.exif_transpose(photo))

    assert picture_in(tmp_path / name, [16, 16, 1])[..., 0].tolist() == expected.tolist()


def test_damaged_notes_of_a_camera_cost_no_picture(tmp_path):
    Image.new("L", (2, 1), 200).save(tmp_path / "photo.webp", exif=b"Exif\0\0no such header")

    assert (picture_in(tmp_path / "photo.webp", [1, 2, 1]) > 190).all()


@pytest.mark.parametrize(
    ("array", "greys"),
    [
        (np.int32([[-1, 5]]), "-1 to 5"),
        (np.int32([[0, 65536]]), "0 to 65536"),
        (np.float32([[0, 0.5]]), "0.0 to 0.5"),
    ],
)
def test_greys_of_which_nobody_knows_the_white_are_said_to_be_wrong(tmp_path, array, greys):
    Image.fromarray(array).save(tmp_path / "odd.tif")

    assert picture_in(tmp_path / "odd.tif", [1, 2, 1]) == f"it has greys from {greys}; save it with 8 or 16 bits"


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", "cannot identify image file"),
        (b"no picture", "cannot identify image file"),
        (b"\xff\xd8\xff\xe0 a JPEG that ends too soon", "Truncated File Read"),
    ],
)
def test_a_broken_file_is_said_to_be_one(tmp_path, content, wrong):
    (tmp_path / "broken.jpg").write_bytes(content)

    assert wrong in picture_in(tmp_path / "broken.jpg", [1, 2, 1])


def test_a_picture_too_large_to_be_decoded_is_said_to_be_one(tmp_path, monkeypatch):
    Image.new("L", (9, 9)).save(tmp_path / "bomb.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4)

    assert "exceeds limit" in picture_in(tmp_path / "bomb.png", [1, 2, 1])
