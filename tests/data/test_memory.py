import pytest

from experiments.data import memory
from experiments.data.memory import available_memory, is_held, unpacked_bytes
from experiments.errors import UserError


@pytest.mark.parametrize(
    ("in_memory", "nbytes", "expected"),
    [("auto", 333, True), ("auto", 334, False), (True, 10**9, True), (False, 1, False)],
)
def test_auto_holds_what_takes_less_than_a_third_of_the_free_memory(monkeypatch, said, in_memory, nbytes, expected):
    monkeypatch.setattr(memory, "available_memory", lambda: 1000)

    assert is_held(in_memory, nbytes, origin="photos") is expected
    assert ("photos: the examples are read as they are needed" in said()) is not expected


@pytest.mark.parametrize("in_memory", ["yes", None, 2])
def test_another_value_is_refused(in_memory):
    with pytest.raises(UserError, match=r"data\.in_memory must be true, false or auto, got"):
        is_held(in_memory, 1, origin="")


@pytest.mark.parametrize(
    ("limit", "expected"),
    [("max", 8_000 * 1024), ("3000000", 1_200_000), ("1000", 0)],
)
def test_a_container_may_leave_less_than_the_machine(monkeypatch, tmp_path, limit, expected):
    (tmp_path / "meminfo").write_text("MemTotal:  9000 kB\nMemAvailable:  8000 kB\n")
    (tmp_path / "memory.max").write_text(limit)
    (tmp_path / "memory.current").write_text("2000000")
    (tmp_path / "memory.stat").write_text("anon 1\ninactive_file 150000\nactive_file 50000\n")
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "_CONTAINERS", [(tmp_path, "memory.max", "memory.current")])

    assert available_memory() == expected


def test_without_linux_half_of_the_machine_counts(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "none")
    monkeypatch.setattr(memory, "_CONTAINERS", [])

    assert 2**20 < available_memory() < 2**60


@pytest.mark.parametrize(("name", "expected"), [("texts.csv", 100), ("texts.csv.gz", 400), ("TEXTS.CSV.GZ", 400)])
def test_a_gzipped_text_is_taken_for_four_times_its_size(tmp_path, name, expected):
    (tmp_path / name).write_bytes(bytes(100))

    assert unpacked_bytes(tmp_path / name) == expected
