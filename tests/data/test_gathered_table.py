import resource

import numpy as np
import pytest

from experiments.data.gathered_table import gather_table
from experiments.stored import Stored
from experiments.types import chunks_of, held, take

COLUMNS = {
    "town": np.array(["Köln", "Bonn", "", "Kiel"], dtype=object),
    "age": np.array([1.5, 2.5, 3.5, 4.5], dtype=np.float32),
    "rooms": np.array([4, 3, 2, 1]),
    "street": np.array(["a", "b", "c", "d"], dtype=object),
}


@pytest.mark.parametrize("hold", [True, False])
@pytest.mark.parametrize(
    "names",
    [["town", "age", "rooms", "street"], ["age", "rooms"], ["town", "street"], ["age"], ["town"]],
    ids=" ".join,
)
def test_columns_come_back_by_name_in_their_order_and_type(tmp_path, names, hold):
    table = gather_table(hold=hold, folder=str(tmp_path))
    for rows in (slice(0, 3), slice(3, None)):
        table.extend({name: COLUMNS[name][rows] for name in names})
    columns = table.inputs()

    assert isinstance(columns, Stored) is not hold
    taken = take(columns, [2, 0])
    (chunk,) = chunks_of(taken)
    for found in (held(taken), held(chunk)):
        assert list(found) == names
        for name in names:
            np.testing.assert_array_equal(found[name], COLUMNS[name][[2, 0]], strict=True)
    assert list(tmp_path.iterdir()) == []


def test_a_table_of_very_many_columns_takes_one_file(tmp_path):
    limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    table = gather_table(hold=False, folder=str(tmp_path))
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit, 256), most))
    try:
        table.extend({f"c{number}": np.full(3, number, np.float32) for number in range(1000)})
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, most))

    assert held(take(table.inputs(), slice(1)))["c999"] == [999]
