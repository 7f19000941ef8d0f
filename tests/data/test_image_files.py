import numpy as np
import pytest
from PIL import Image

from experiments.data.image_files import ImageFiles
from experiments.errors import UserError


@pytest.fixture
def files(tmp_path):
    """Five pictures, the middle one broken."""
    for number in range(5):
        Image.new("RGB", (4, 6), (50 * number, 0, 0)).save(tmp_path / f"{number}.png")
    (tmp_path / "2.png").write_bytes(b"no picture")
    return sorted(tmp_path.iterdir())


@pytest.mark.parametrize(("size", "red"), [([3, 2, 3], 150), ([6, 4, 1], 45)])  # grey is 0.299 red
def test_rows_are_decoded_at_the_size(files, size, red):
    store = ImageFiles(files=files, size=size)

    images = store.read(np.array([3, 0]))

    assert (store.shape, images.shape, images.dtype) == ((5, *size), (2, *size), np.uint8)
    assert [int(image[0, 0, 0]) for image in images] == [red, 0]


def test_a_file_that_cannot_be_read_is_named_with_the_cure(files):
    store = ImageFiles(files=files, size=[3, 2, 3])

    with pytest.raises(UserError, match=r"2\.png .*data\.source\.unreadable=skip"):
        store.read(np.arange(5))
    assert [isinstance(picture, str) for picture in store.pictures()] == [False, False, True, False, False]


def test_a_picture_too_large_to_be_decoded_is_an_unreadable_one(files, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4)

    assert "exceeds limit" in ImageFiles(files=files, size=[3, 2, 3]).picture(files[0])
