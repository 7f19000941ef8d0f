import numpy as np
import pytest

from experiments.data.gathered import gather
from experiments.errors import UserError
from experiments.stored import StoredInputs

TEXTS = np.array(["", "größer", "a\nb", "\U0001f600", "x" * 10_000], dtype=object)


@pytest.mark.parametrize("hold", [True, False])
@pytest.mark.parametrize(
    "examples",
    [TEXTS, np.arange(5, dtype=np.float32), np.arange(30).reshape(5, 2, 3), np.arange(10).reshape(2, 5).T, TEXTS[:0]],
    ids=["texts", "numbers", "arrays", "by_columns", "none"],
)
def test_what_was_gathered_comes_back_in_its_order(tmp_path, examples, hold):
    gathered = gather(hold=hold, folder=str(tmp_path / "cache"))
    for at in range(0, len(examples), 2):
        gathered.extend(examples[at : at + 2])
    inputs = gathered.inputs()

    assert isinstance(inputs, StoredInputs) is not hold
    np.testing.assert_array_equal(np.asarray(inputs), examples, strict=True)
    np.testing.assert_array_equal(np.asarray(inputs[::-2]), examples[::-2], strict=True)


def test_the_file_has_no_name_that_could_be_left_behind(tmp_path):
    gathered = gather(hold=False, folder=str(tmp_path))
    gathered.extend(TEXTS)

    assert len(gathered.inputs()) == 5
    assert list(tmp_path.iterdir()) == []


def test_the_bytes_of_texts_are_those_of_the_file(tmp_path):
    gathered = gather(hold=False, folder=str(tmp_path))
    gathered.extend(np.array(["größer", "ab"], dtype=object))

    assert gathered.inputs().nbytes == len("größer".encode()) + 2


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(UserError, match=r"0 examples are written to .*file/cache.*paths\.data=FOLDER"):
        gather(hold=False, folder=str(tmp_path / "file" / "cache"))


class Full:
    """A file on a full disk; ``room`` is what still fits into it."""

    def __init__(self, room):
        self.room = room

    def write(self, content):
        self.room -= len(content)
        if self.room < 0:
            self.flush()

    def flush(self):
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize(("room", "written"), [(0, 0), (100_000, 5)])
def test_a_full_disk_is_one_clear_error_at_once_or_at_the_end(tmp_path, monkeypatch, room, written):
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: Full(room))
    gathered = gather(hold=False, folder=str(tmp_path))

    def gather_all():
        gathered.extend(TEXTS)
        return gathered.inputs()

    with pytest.raises(UserError, match=rf"{written} examples are written to .*No space left.*paths\.data=FOLDER"):
        gather_all()
