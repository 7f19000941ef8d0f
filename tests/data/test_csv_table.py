import numpy as np
import pytest

from experiments.data import csv_table as module
from experiments.data.csv_table import csv_table
from experiments.errors import UserError
from experiments.stored import Stored
from experiments.types import held

COLUMNS = {"age": "float_normalized", "rooms": "integer_categorical", "town": "string_categorical"}
HEAD = "town,age,rooms,price,kind"
ROWS = [
    f"{'Bonn' if row % 2 else 'Köln'},{row}.5,{row % 4},{row * 10},{'flat' if row < 12 else 'house'}"
    for row in range(20)
]


def table(tmp_path, *rows: str, head: str = HEAD, **changes: object):
    file = tmp_path / "table.csv"
    file.write_text("\n".join([head, *(rows or ROWS)]) + "\n", encoding="utf-8")
    arguments = {"path": str(file), "label": "price", "columns": COLUMNS, "target": "number"}
    return csv_table(**(arguments | changes))


@pytest.mark.parametrize("rows_at_once", [3, 100])
@pytest.mark.parametrize("in_memory", [True, False])
def test_columns_come_by_name_in_the_type_of_their_kind_and_rows_stay_together(
    tmp_path, monkeypatch, in_memory, rows_at_once
):
    monkeypatch.setattr(module, "_ROWS_AT_ONCE", rows_at_once)
    raw = table(tmp_path, in_memory=in_memory, folder=str(tmp_path / "cache"))

    assert isinstance(raw.train_inputs, Stored) is not in_memory
    assert {name: (column.dtype, column.shape) for name, column in raw.train_inputs.items()} == {
        "age": (np.float32, (16,)),
        "rooms": (np.int64, (16,)),
        "town": (object, (16,)),
    }
    for stored, labels in ((raw.train_inputs, raw.train_labels), (raw.test_inputs, raw.test_labels)):
        inputs = held(stored)
        numbers = inputs["age"] - 0.5
        assert labels.tolist() == (numbers * 10).tolist()
        assert inputs["town"].tolist() == ["Bonn" if number % 2 else "Köln" for number in numbers]
        assert inputs["rooms"].tolist() == [number % 4 for number in numbers]
    assert (len(raw.test_labels), raw.class_names, raw.origin) == (4, (), str(tmp_path / "table.csv"))


def test_classes_are_the_sorted_values_of_the_label_and_both_parts_have_their_share(tmp_path):
    raw = table(tmp_path, label="kind", target="classes")

    assert raw.class_names == ("flat", "house")
    assert raw.train_labels.tolist() == (raw.train_inputs["age"] > 12).astype(int).tolist()
    assert sorted(raw.test_labels) == [0, 0, 1, 1]


def test_rows_with_an_empty_cell_can_be_left_out(tmp_path):
    rows = [*ROWS, "Bonn,,1,5,flat"]

    assert len(table(tmp_path, *rows, missing="drop").train_labels) == 16
    assert len(table(tmp_path, *rows, columns={"rooms": "float"}).train_labels) == 16, "the empty column is not used"


@pytest.mark.parametrize(
    ("changes", "fragments"),
    [
        ({"path": None}, ["data.path must name a CSV file, got null"]),
        ({"path": "/nowhere.csv"}, ["/nowhere.csv is missing"]),
        ({"label": None}, ["data.label must name the column"]),
        ({"columns": None}, ["data.columns must map", "got null"]),
        ({"label": "prise"}, ["no column 'prise'", "Did you mean 'price'", "It has town, age, rooms, price, kind."]),
        ({"columns": {"aeg": "float"}}, ["no column 'aeg'", "Did you mean 'age'"]),
        ({"columns": {"town": "float_normalized"}}, ["'town', row 1 must hold a finite number", "string_categorical"]),
        ({"columns": {"town": "integer_hashed"}}, ["'town', row 1 must hold a whole number", "string_categorical"]),
        ({"label": "kind"}, ["'kind', row 1 must hold a finite number", "data.target=classes", "task=classification"]),
        ({"label": "price", "target": "classes"}, ["at least two classes of two examples each", "data.target=number"]),
        ({"missing_values": ["NA", float("nan")]}, ["missing_values must hold words, got nan", '=["NaN"]']),
        ({"missing_values": [None]}, ["missing_values must hold words, got None", "in quotes"]),
        ({"encoding": "ascii"}, ["is not text in ascii"]),
        ({"encoding": "utf-ate"}, ["cannot be read as CSV", "utf-ate"]),
        ({"separator": ";"}, ["no column 'price'", "Set \"data.source.separator=','\"."]),
        ({"separator": "\\t"}, ["no column 'price'", "Set \"data.source.separator=','\"."]),
        ({"sha256": "0" * 64}, ["truncated or altered", "data=csv"]),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_cure(tmp_path, changes, fragments):
    with pytest.raises(UserError) as refusal:
        table(tmp_path, **changes)

    assert [fragment for fragment in fragments if fragment not in str(refusal.value)] == [], refusal.value


@pytest.mark.parametrize(
    ("row", "fragments"),
    [
        ("Bonn,,1,5,flat", ["an empty cell in column 'age', in row 21", "data.source.missing=drop"]),
        ('"Bonn\n\n","old",1,5,flat', ["column 'age', row 21 must hold a finite number (float32), got 'old'"]),
        ("\n\nBonn,NA,1,5,flat", ["column 'age', row 21", "got 'NA'", "missing_values=[WORD]"]),
        ("Bonn,nan,1,5,flat", ["column 'age', row 21", "got 'nan'"]),
        ("Bonn,1e400,1,5,flat", ["column 'age', row 21", "got '1e400'"]),
        ("Bonn,1,99999999999999999999,5,flat", ["column 'rooms', row 21", "int64"]),
        ("Bonn,1,1,inf,flat", ["column 'price', row 21", "got 'inf'"]),
        ("Bonn,1,1,5,flat,more", ["names 5 columns, but a row has 6 cells, in line 22"]),
        ("Bonn,1,1,5,flat,", ["names 5 columns, but a row has 6 cells, in line 22"]),
    ],
)
def test_a_bad_row_is_refused_with_its_place(tmp_path, row, fragments):
    with pytest.raises(UserError) as refusal:
        table(tmp_path, *ROWS, row)

    assert [fragment for fragment in fragments if fragment not in str(refusal.value)] == [], refusal.value


@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize("target", ["number", "classes"])
def test_a_file_without_rows_is_refused(tmp_path, target, in_memory):
    (tmp_path / "head.csv").write_text(HEAD + "\n")

    with pytest.raises(UserError, match=r"head\.csv has no rows"):
        table(tmp_path, path=str(tmp_path / "head.csv"), target=target, in_memory=in_memory)


def test_a_bad_row_far_down_is_refused_with_its_number(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_ROWS_AT_ONCE", 3)

    with pytest.raises(UserError, match=r"an empty cell in column 'age', in row 21"):
        table(tmp_path, *ROWS, "Bonn,,1,5,flat")


def test_rows_that_all_end_in_a_separator_do_not_move_the_columns(tmp_path):
    with pytest.raises(UserError, match="names 5 columns, but a row has 6 cells, in line 2"):
        table(tmp_path, *(f"{row}," for row in ROWS))


def test_words_that_pandas_takes_for_gaps_are_words_unless_they_are_said_to_stand_for_one(tmp_path):
    rows = [f"{'None' if row < 4 else 'NA'},{row},1,1,{row % 2} " for row in range(8)]
    towns = table(tmp_path, *rows, columns={"town": "string_categorical"}).train_inputs["town"]
    kept = table(tmp_path, *rows, missing="drop", missing_values=["NA"])

    assert set(towns) == {"None", "NA"}
    assert set(held(kept.train_inputs)["town"]) == {"None"}
    assert len(kept.train_labels) + len(kept.test_labels) == 4
    assert table(tmp_path, *rows, missing="drop", missing_values="NA").reading["missing_values"] == ["NA"]


def test_spaces_around_a_class_do_not_make_another(tmp_path):
    rows = [f"Bonn,1,1,1,{kind}" for kind in ("no", "no ", " yes", "yes", '" yes "')]

    assert table(tmp_path, *rows, label="kind", target="classes", test_split=0.5).class_names == ("no", "yes")
    with pytest.raises(UserError, match="an empty cell in column 'kind', in row 6"):
        table(tmp_path, *rows, 'Bonn,1,1,1,"  "', label="kind", target="classes")


def test_how_the_file_was_read_is_kept_for_those_to_predict_from(tmp_path):
    rows = [row.replace(",", "\t") for row in ROWS]
    raw = table(tmp_path, *rows, head=HEAD.replace(",", "\t"), separator="\\t")

    assert raw.reading == {"separator": "\\t", "encoding": "utf-8", "missing_values": []}


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "empty.csv").write_text("")

    with pytest.raises(UserError, match=r"empty\.csv cannot be read as CSV"):
        table(tmp_path, path=str(tmp_path / "empty.csv"))


def test_the_package_brings_auto_mpg():
    columns = {"weight": "float_normalized", "horsepower": "float_normalized", "origin": "string_categorical"}
    raw = csv_table(path="auto_mpg.csv", label="mpg", columns=columns, target="number", missing="drop")

    assert len(raw.train_labels) + len(raw.test_labels) == 392
    assert set(raw.train_inputs["origin"]) == {"1", "2", "3"}
    assert raw.train_labels.min() >= 9
