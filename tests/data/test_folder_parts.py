import pytest

from experiments.data.folder_parts import files_below, folders_in, train_and_test
from experiments.errors import UserError


def made(folder, *files):
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("")
    return folder


@pytest.mark.parametrize(
    ("files", "parts"),
    [
        (["train/a/1.x", "test/a/1.x"], ["train", "test"]),
        (["TEST/a/1.x", "Train/a/1.x", "notes/1.x"], ["Train", "TEST"]),
        (["a/1.x", "b/1.x"], []),
        (["a/1.x", "b/1.x", ".train/a/1.x", "test"], []),
        (["train/1.x", "bus/1.x", "car/1.x"], []),
        (["valid/1.x", "invalid/1.x"], []),
    ],
)
def test_parts_are_told_from_classes(tmp_path, files, parts):
    assert [path.name for path in train_and_test(made(tmp_path, *files))] == parts


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["train/a/1.x"], "'train'"),
        (["test/a/1.x", "notes/1.x"], "'test'"),
        (["train/a/1.x", "val/a/1.x"], "'train', 'val'"),
        (["train/a/1.x", "test/a/1.x", "Validation/a/1.x"], "'Validation', 'test', 'train'"),
        (["Training/a/1.x", "Testing/a/1.x"], "'Testing', 'Training'"),
    ],
)
def test_parts_that_cannot_be_used_are_refused_unless_left_out(tmp_path, files, found):
    folder = made(tmp_path, *files)

    with pytest.raises(UserError, match=f"for each of {found}: there must be both, 'train' and 'test'"):
        train_and_test(folder)
    assert train_and_test(folder, leave_out=[path.name for path in tmp_path.iterdir()]) == []


def test_hidden_folders_and_files_are_passed_over(tmp_path):
    folder = made(tmp_path, "b/2.X", "b/deep/1.x", "a/1.y", ".git/1.x", "b/._2.x", "b/.old/1.x")

    assert [path.name for path in folders_in(folder)] == ["a", "b"]
    assert [str(file.relative_to(folder)) for file in files_below(folder / "b", {".x"})] == ["b/2.X", "b/deep/1.x"]
