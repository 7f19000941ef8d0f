import pytest

from experiments.data.table_columns import KINDS, checked_columns
from experiments.errors import UserError


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_a_feature_space_is_taken(kind):
    import keras

    assert checked_columns("price", {"age": kind}) == ("price", {"age": kind})
    keras.utils.FeatureSpace(features={"age": kind}, num_discretization_bins=3, hashing_dim=3)


@pytest.mark.parametrize(
    ("label", "columns", "fragments"),
    [
        (None, {"age": "float"}, ["data.label must name the column", "got null"]),
        (["price"], {"age": "float"}, ["data.label must name the column", "['price']"]),
        ("price", None, ["data.columns must map", "got null", "age: float_normalized"]),
        ("price", ["age"], ["data.columns must map", "got ['age']"]),
        ("price", "age", ["data.columns must map", "got 'age'"]),
        ("price", {"age": None}, ["data.columns.age must be one of float, ", "got null"]),
        ("price", {"age": "floaty"}, ["data.columns.age must be one of", "got 'floaty'. Did you mean 'float'"]),
        ("price", {"age": "string_categoric"}, ["Did you mean 'string_categorical'"]),
        ("price", {2019: "float"}, ["the name 2019", "must be a word"]),
        ("price", {"EUR/m": "float"}, ["the name 'EUR/m'", "takes no /", "rename it in the file"]),
        ("price", {"price": "float"}, ["has 'price', which is to be predicted", "data.columns.price"]),
    ],
)
def test_what_names_no_columns_is_refused(label, columns, fragments):
    with pytest.raises(UserError) as refusal:
        checked_columns(label, columns)

    assert [fragment for fragment in fragments if fragment not in str(refusal.value)] == [], refusal.value
