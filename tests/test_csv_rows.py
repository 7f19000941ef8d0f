import gzip

import numpy as np
import pytest

from experiments.csv_rows import CsvFile, as_numbers, refuse_gaps
from experiments.errors import UserError


def csv_file(tmp_path, content, name="a.csv", **options):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return CsvFile(path=path, **options)


def rows(file, wanted=None, rows_at_once=2):
    tables = list(file.tables(wanted, rows_at_once=rows_at_once))
    assert [row for table in tables for row in table.index] == list(range(1, 1 + sum(map(len, tables))))
    return [["" if cell != cell else cell for cell in row] for table in tables for row in table.to_numpy()]


@pytest.mark.parametrize(
    ("content", "options", "found"),
    [
        ("a,b\n1, 2\nNA,\n3\n", {}, [["1", "2"], ["NA", ""], ["3", ""]]),
        ("a,b\n1,2\nNA,?\n", {"missing_values": ("NA", "?")}, [["1", "2"], ["", ""]]),
        ('\ufeff"a",b\n\n"1\n1","2,2"\n\n3,4\n', {}, [["1\n1", "2,2"], ["3", "4"]]),
        ("a\tb\n1\t2\n", {"separator": "\\t"}, [["1", "2"]]),
        ("a   b\n1 2\n", {"separator": r"\s+"}, [["1", "2"]]),
        ('a , b\n1 ,"x "\n3 , "NA "\n" ",5\n', {"missing_values": ("NA",)}, [["1", "x"], ["3", ""], ["", "5"]]),
        ("a::b\n1::2\n", {"separator": "::"}, [["1", "2"]]),
        ("a,b\n1,ö\n".encode("utf-16"), {"encoding": "utf-16"}, [["1", "ö"]]),
    ],
)
def test_cells_are_texts_in_their_columns_and_rows_are_counted(tmp_path, content, options, found):
    file = csv_file(tmp_path, content, **options)

    assert rows(file) == rows(file, ["a", "b"]) == found
    assert rows(file, ["b"], rows_at_once=100) == [row[1:] for row in found]
    assert rows(CsvFile(path=file.path, **file.reading)) == found


def test_a_column_may_be_called_as_a_word_for_empty_cells(tmp_path):
    assert rows(csv_file(tmp_path, "NA,b\n1,NA\n", missing_values=("NA",)), ["NA", "b"]) == [["1", ""]]


def test_a_column_without_a_name_is_called_by_its_place(tmp_path):
    assert rows(csv_file(tmp_path, ",a\n0,1\n"), ["Unnamed: 0"]) == [["0"]]


@pytest.mark.parametrize(
    ("content", "fragment"),
    [
        ("", r"a\.csv cannot be read as CSV: No columns"),
        ("b,d\n1,2\n", "has no column 'a'. It has b, d"),
        ("A1,b\n1,2\n", "has no column 'a'"),
        ("a;b\n1;2\n", r"""has no column 'a'.* Set "data\.source\.separator=';'"\."""),
        ("a;\n1;\n", r"""has no column 'a'.* Set "data\.source\.separator=';'"\."""),
        ("a\tb\n1\t2\n", r"""Set "data\.source\.separator='\\t'"\."""),
        ("a,b,a\n1,2,3\n", "has 2 columns 'a': rename all but one"),
        ("a,b\n1,2,\n3,4,\n", "names 2 columns, but a row has 3 cells, in line 2"),
        ("a,b\n1,2,3,4\n", "names 2 columns, but a row has 4 cells, in line 2"),
        ("a,b\n1,2\n".encode("utf-16"), r"is not text in utf-8 .* Set data\.source\.encoding=utf-16"),
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path, content, fragment):
    with pytest.raises(UserError, match=fragment):
        rows(csv_file(tmp_path, content, knobs="data.source"), ["a"])


def test_columns_that_are_not_wanted_may_share_a_name(tmp_path):
    assert rows(csv_file(tmp_path, "a,b,a\n1,2,3\n"), ["b"]) == [["2"]]


@pytest.mark.parametrize("damaged", [lambda packed: packed[:300], lambda packed: packed[:200] + bytes(50)])
def test_a_damaged_archive_is_named(tmp_path, damaged):
    packed = gzip.compress("".join(["a,b\n", *(f"{row},{row * 7919 % 1000}\n" for row in range(999))]).encode())

    with pytest.raises(UserError, match=r"a\.csv\.gz cannot be read as CSV"):
        rows(csv_file(tmp_path, damaged(packed), "a.csv.gz"))


@pytest.mark.parametrize(
    ("cell", "dtype", "fragment"),
    [
        ("old", "float32", "column 'a', row 2 must hold a finite number (float32), got 'old'. Try words."),
        ("nan", "float32", "got 'nan'"),
        ("-inf", "float32", "got '-inf'"),
        ("1e39", "float32", "got '1e39'"),
        ("1.5", "int64", "must hold a whole number (int64), got '1.5'"),
        ("9" * 99, "int64", "got '9999"),
    ],
)
def test_a_cell_that_is_no_number_is_refused_by_its_row(tmp_path, cell, dtype, fragment):
    (good,) = csv_file(tmp_path, "a\n1\n2\n").tables(None)
    (bad,) = csv_file(tmp_path, f"a\n1\n{cell}\n3\n").tables(None)

    np.testing.assert_array_equal(as_numbers(good["a"], dtype, tmp_path), np.array([1, 2], dtype), strict=True)
    with pytest.raises(UserError) as refusal:
        as_numbers(bad["a"], dtype, tmp_path / "a.csv", cure=" Try words.")
    assert fragment in str(refusal.value)


def test_an_empty_cell_is_refused_by_its_row(tmp_path):
    (table,) = csv_file(tmp_path, "a,b\n1,2\n3,4\n5,\n,6\n").tables(None)

    refuse_gaps(table.iloc[:2], tmp_path, cure="")
    with pytest.raises(UserError, match=r"an empty cell in column 'b', in row 3\. Fill it in\."):
        refuse_gaps(table, tmp_path, cure="Fill it in.")
