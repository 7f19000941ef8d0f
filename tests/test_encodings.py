import gzip

import pytest

from experiments.encodings import wrong_encoding


@pytest.mark.parametrize(
    ("name", "written_in", "read_in", "cure"),
    [
        ("a.txt", "latin-1", "utf-8", "data.encoding=latin-1"),
        ("a.txt", "utf-16", "utf-8", "data.encoding=utf-16"),
        ("a.csv.gz", "utf-16", "utf-8", "data.encoding=utf-16"),
        ("a.txt", "utf-8-sig", "ascii", "data.encoding=utf-8"),
        ("a.txt", "utf-8", "utf-16", "data.encoding=utf-8"),
    ],
)
def test_the_encoding_that_the_file_seems_to_be_in_is_the_cure(tmp_path, name, written_in, read_in, cure):
    raw = "schön!".encode(written_in)
    (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    with pytest.raises(UnicodeError) as failure:
        raw.decode(read_in)

    error = wrong_encoding(tmp_path / name, read_in, failure.value, knob="data.encoding")

    assert f"{name} is not text in {read_in} (" in str(error)
    assert f"Set {cure}, say." in str(error)


def test_without_a_knob_the_file_is_to_be_converted(tmp_path):
    error = wrong_encoding(tmp_path / "a.txt", "utf-8", UnicodeError("bad"), knob="")

    assert (
        str(error) == f"{tmp_path}/a.txt is not text in utf-8 (bad). The training data was read so: convert the file."
    )
