import gzip
import json

import numpy as np
import pytest

from experiments.data.text_file import text_file
from experiments.errors import UserError
from experiments.stored import StoredInputs

ROWS = [
    {
        "text": f'Nr. {row}: "so", schön\tund gut\n',
        "label": ["bad", "good"][row % 2],
        "part": ["train", "TEST"][row > 7],
    }
    for row in range(12)
]


def delimited(separator):
    def quoted(value):
        return '"' + value.replace('"', '""') + '"'

    lines = [separator.join(ROWS[0]), *(separator.join(map(quoted, row.values())) for row in ROWS)]
    return "\r\n".join(lines) + "\r\n"


FORMATS = {
    "texts.jsonl": "".join(json.dumps(row) + "\n" for row in ROWS) + "\n",
    "texts.csv": delimited(","),
    "texts.tsv": "\ufeff" + delimited("\t"),
}


def written(folder, name, content, encoding="utf-8"):
    raw = content.encode(encoding)
    (folder / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    return str(folder / name)


@pytest.mark.parametrize("name", [*FORMATS, *(f"{name}.gz" for name in FORMATS)])
@pytest.mark.parametrize("in_memory", [True, False])
def test_every_format_gives_the_same_texts(tmp_path, name, in_memory):
    path = written(tmp_path, name, FORMATS[name.removesuffix(".gz")])
    raw = text_file(path=path, split="part", in_memory=in_memory, folder=str(tmp_path / "cache"))

    assert isinstance(raw.train_inputs, StoredInputs) is not in_memory
    assert np.asarray(raw.train_inputs).tolist() == [row["text"] for row in ROWS[:8]]
    assert np.asarray(raw.test_inputs).tolist() == [row["text"] for row in ROWS[8:]]
    assert (raw.train_labels.tolist(), raw.test_labels.tolist()) == ([0, 1] * 4, [0, 1] * 2)
    assert (raw.class_names, raw.origin) == (("bad", "good"), str(tmp_path / name))


def test_without_a_field_that_divides_a_share_of_each_class_is_held_out_always_the_same(tmp_path):
    path = written(tmp_path, "texts.jsonl", FORMATS["texts.jsonl"])
    raw, again = text_file(path=path, test_split=0.5), text_file(path=path, test_split=0.5)

    assert sorted(raw.test_labels) == [0, 0, 0, 1, 1, 1]
    assert raw.test_inputs.tolist() == again.test_inputs.tolist()
    assert sorted([*raw.train_inputs, *raw.test_inputs]) == sorted(row["text"] for row in ROWS)
    assert [int(text[4:].split(":")[0]) % 2 for text in raw.test_inputs] == raw.test_labels.tolist()


def test_fields_of_other_names_and_labels_that_are_numbers(tmp_path):
    rows = [{"review": f"text {row}", "stars": row % 3} for row in range(9)]
    raw = text_file(
        path=written(tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows))),
        text="review",
        label="stars",
        test_split=0.4,
    )

    assert raw.class_names == ("0", "1", "2")
    assert [int(text[5:]) % 3 for text in raw.train_inputs] == raw.train_labels.tolist()


def test_a_file_in_another_encoding_can_be_named(tmp_path):
    path = written(tmp_path, "texts.csv", FORMATS["texts.csv"], encoding="latin-1")

    assert "schön" in text_file(path=path, split="part", encoding="latin-1").train_inputs[0]
    assert text_file(path=path, encoding="latin-1").reading == {"encoding": "latin-1"}
    with pytest.raises(UserError, match=r"texts\.csv is not text in utf-8 .*data\.encoding=latin-1"):
        text_file(path=path)


def test_spaces_around_a_label_do_not_make_another_class(tmp_path):
    rows = "".join(f"{row},{label}\n" for row, label in enumerate(["pos", "pos ", " neg", "neg"]))

    assert text_file(path=written(tmp_path, "a.csv", f"text,label\n{rows}"), test_split=0.5).class_names == (
        "neg",
        "pos",
    )


@pytest.mark.parametrize(
    ("name", "changes", "fragments"),
    [
        ("texts.csv", {"text": "txt"}, ["line 3", "no field 'txt' (data.text)", "Did you mean 'text'", "label, part"]),
        ("texts.jsonl", {"label": "lable"}, ["no field 'lable' (data.label)", "Did you mean 'label'"]),
        ("texts.jsonl", {"split": "prat"}, ["no field 'prat' (data.split)", "Did you mean 'part'"]),
        ("texts.jsonl", {"split": "label", "label": "part"}, ["line 1", "must say train or test, got 'bad'"]),
        ("texts.jsonl", {"encoding": "utf-ate"}, ["texts.jsonl cannot be read", "utf-ate"]),
        ("texts.jsonl", {"sha256": "0" * 64}, ["truncated or altered"]),
        ("texts.jsonl", {"split": "label"}, ["data.label and data.split are both 'label'", "a field for each"]),
        ("texts.jsonl", {"text": "label"}, ["data.text and data.label are both 'label'"]),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_cure(tmp_path, name, changes, fragments):
    with pytest.raises(UserError) as refusal:
        text_file(path=written(tmp_path, name, FORMATS[name]), **changes)

    assert [fragment for fragment in fragments if fragment not in str(refusal.value)] == [], refusal.value


@pytest.mark.parametrize(
    ("name", "content", "fragment"),
    [
        ("a.jsonl", "", "holds no texts"),
        ("a.csv", "text,label\n", "holds no texts"),
        ("a.jsonl", '{"text": "a", "label": 1}\n{"text": ', r"a\.jsonl cannot be read as \.jsonl: line 2"),
        ("a.jsonl", "[1, 2]\n", "line 1 holds no object"),
        ("a.jsonl", '{"text": null, "label": 1}', "line 1: field 'text' .* must hold a text, got None"),
        ("a.csv", "text,label\nonly a text\n", "line 2: field 'label' .* must hold a text"),
        ("a.jsonl", '{"text": "a", "label": NaN}', "line 1: field 'label' .* must hold a text, got nan"),
        ("a.jsonl", '{"text": "a\\ud800", "label": 1}', "line 1: field 'text' .* half a character"),
        ("a.csv", 'text,label\na,1\n"b\nb"," "\n', "line 4: field 'label' .* must name a class, got ' '"),
        (
            "a.csv",
            "label,text\na,1,,\npos,well, this was lovely\n",
            "line 3 has 3 cells, but the header 2: quote texts",
        ),
        ("a.csv", "label,text,text\n1,a,b\n", r"the header has 2 fields 'text' \(data\.text\): rename all but one"),
        ("a.csv", 'text,label\n"a" b,1\n', r"cannot be read as \.csv"),
        ("a.parquet", "", r"must end in \.csv, \.tsv"),
    ],
)
def test_a_bad_file_is_refused_with_the_place(tmp_path, name, content, fragment):
    with pytest.raises(UserError, match=fragment):
        text_file(path=written(tmp_path, name, content))


def test_a_damaged_archive_a_folder_and_nothing_are_refused(tmp_path):
    (tmp_path / "texts.csv.gz").write_bytes(gzip.compress(b"text,label\n" * 99)[:20])

    with pytest.raises(UserError, match=r"texts\.csv\.gz cannot be read"):
        text_file(path=str(tmp_path / "texts.csv.gz"))
    with pytest.raises(UserError, match="data=text_folder"):
        text_file(path=str(tmp_path))
    with pytest.raises(UserError, match=r"data\.path must name"):
        text_file()
