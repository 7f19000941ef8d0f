import numpy as np
import pytest

from experiments.data.text_folder import text_folder
from experiments.errors import UserError
from experiments.stored import StoredInputs


def made(folder, *names, texts=5):
    for name in names:
        (folder / name).mkdir(parents=True)
        for number in range(texts):
            (folder / name / f"{number}_7.txt").write_text(f"{name} {number} schön", encoding="utf-8")
    return str(folder)


def test_a_folder_of_folders_is_divided_by_class(tmp_path):
    raw = text_folder(path=made(tmp_path, "pos", "neg"), test_split=0.2)

    assert raw.class_names == ("neg", "pos")
    assert sorted(raw.test_labels) == [0, 1]
    for inputs, labels in ((raw.train_inputs, raw.train_labels), (raw.test_inputs, raw.test_labels)):
        assert [text.split()[0] for text in inputs] == [raw.class_names[label] for label in labels]


def test_train_and_test_are_kept_and_a_folder_can_be_left_out(tmp_path):
    path = made(tmp_path, "train/pos", "train/neg", "train/unsup", "test/neg", "test/pos")
    (tmp_path / "train" / "urls_pos.txt").write_text("no review")
    raw = text_folder(path=path, leave_out=["unsup"])

    assert raw.class_names == ("neg", "pos")
    assert {text.split("/")[0] for text in raw.train_inputs} == {"train"}
    assert {text.split("/")[0] for text in raw.test_inputs} == {"test"}
    assert raw.test_labels.tolist() == [0] * 5 + [1] * 5


def test_what_is_hidden_is_no_text_and_what_lies_deeper_is(tmp_path):
    path = made(tmp_path, "Train/pos", "Train/neg", "TEST/pos", "TEST/neg", "TEST/.ipynb_checkpoints", "TEST/pos/more")
    (tmp_path / "Train" / "pos" / "._0_7.txt").write_bytes(b"\x00\xff")
    raw = text_folder(path=path)

    assert (raw.train_labels.tolist(), raw.test_labels.tolist()) == ([0] * 5 + [1] * 5, [0] * 5 + [1] * 10)
    assert {text.split()[0] for text in raw.test_inputs} == {"TEST/neg", "TEST/pos", "TEST/pos/more"}


def test_a_folder_whose_name_is_a_number_can_be_left_out(tmp_path):
    path = made(tmp_path, "pos", "neg", "2019")

    assert text_folder(path=path, leave_out=[2019]).class_names == ("neg", "pos")


@pytest.mark.parametrize("in_memory", [True, False])
def test_the_mark_that_an_editor_begins_a_file_with_is_part_of_no_word(tmp_path, in_memory):
    path = made(tmp_path / "texts", "pos", "neg")
    for file in (tmp_path / "texts").rglob("*.txt"):
        file.write_text("fine", encoding="utf-8-sig")

    raw = text_folder(path=path, in_memory=in_memory, folder=str(tmp_path))

    assert set(np.asarray(raw.train_inputs)) == {"fine"}


def test_a_link_to_nowhere_is_refused_by_its_name(tmp_path):
    path = made(tmp_path, "pos", "neg")
    (tmp_path / "pos" / "lost.txt").symlink_to(tmp_path / "nowhere.txt")

    with pytest.raises(UserError, match=r"pos/lost\.txt cannot be read: .*No such file"):
        text_folder(path=path)


@pytest.mark.parametrize("names", [("pos", "neg"), ("train/pos", "train/neg", "test/pos", "test/neg")])
def test_texts_that_are_not_held_are_the_same(tmp_path, names):
    path = made(tmp_path / "texts", *names)
    held, stored = (text_folder(path=path, in_memory=in_memory, folder=str(tmp_path)) for in_memory in (True, False))

    assert isinstance(stored.train_inputs, StoredInputs)
    assert np.asarray(stored.train_inputs).tolist() == held.train_inputs.tolist()
    assert np.asarray(stored.test_inputs).tolist() == held.test_inputs.tolist()
    assert stored.test_labels.tolist() == held.test_labels.tolist()


@pytest.mark.parametrize(
    ("names", "fragment"),
    [
        ((), "holds no folders of classes"),
        (("unsup",), "holds no folders of classes"),
        (("pos",), "two classes of two texts each"),
        (("train/pos", "train/neg"), "for each of 'train': there must be both"),
        (("train/pos", "train/neg", "val/pos", "val/neg"), "for each of 'train', 'val': there must be both"),
        (("train/pos", "train/neg", "test/pos", "test/nge"), "fewer than two training texts of class 'nge'"),
    ],
)
def test_folders_that_are_no_classes_are_refused(tmp_path, names, fragment):
    with pytest.raises(UserError, match=fragment):
        text_folder(path=made(tmp_path, *names), leave_out=["unsup"])


def test_an_empty_class_is_refused_with_the_cure(tmp_path):
    made(tmp_path, "neg", "pos")
    made(tmp_path, "unsub", texts=0)

    with pytest.raises(UserError, match=r"unsub holds no \.txt files.*data\.leave_out=\[unsub\].*mean 'unsup'"):
        text_folder(path=str(tmp_path), leave_out=["unsup"])


def test_a_class_of_one_text_is_refused(tmp_path):
    made(tmp_path, "neg")
    made(tmp_path, "pos", texts=1)

    with pytest.raises(UserError, match=r"'pos' \(1\)"):
        text_folder(path=str(tmp_path))


def test_a_file_in_another_encoding_is_named(tmp_path):
    path = made(tmp_path, "neg", "pos")
    (tmp_path / "pos" / "3_7.txt").write_bytes("größer".encode("latin-1"))

    with pytest.raises(UserError, match=r"3_7\.txt is not text in utf-8 .*data\.encoding=latin-1"):
        text_folder(path=path)
    assert text_folder(path=path, encoding="latin-1").reading == {"encoding": "latin-1"}
    assert "größer" in [*(raw := text_folder(path=path, encoding="latin-1")).train_inputs, *raw.test_inputs]


@pytest.mark.parametrize(
    ("path", "fragment"), [(None, "got null"), ("/nowhere", "/nowhere is missing"), (__file__, "text_file")]
)
def test_a_missing_folder_is_refused(path, fragment):
    with pytest.raises(UserError, match=fragment):
        text_folder(path=path)
