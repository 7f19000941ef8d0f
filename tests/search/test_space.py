from random import Random

import pytest
from hydra import initialize_config_dir
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.utils import create_config_search_path
from hydra.core.plugins import Plugins
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from experiments.config import register_resolvers
from experiments.errors import UserError
from experiments.paths import CONF
from experiments.search.space import describe, parse_space, same


@pytest.fixture(scope="module")
def loader():
    register_resolvers()
    Plugins.instance()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        yield ConfigLoaderImpl(create_config_search_path(str(CONF)))


@pytest.mark.parametrize(
    ("override", "distribution", "value", "typed"),
    [
        ("x=interval(0,1)", FloatDistribution(0.0, 1.0), 0.25, "x=0.25"),
        ("x=tag(log,interval(1e-5,1e-1))", FloatDistribution(1e-5, 0.1, log=True), 0.001, "x=0.001"),
        ("x=int(interval(1,8))", IntDistribution(1, 8), 3, "x=3"),
        ("x=tag(log,int(interval(1,8)))", IntDistribution(1, 8, log=True), 3, "x=3"),
        ("x=range(1,5)", IntDistribution(1, 4), 2, "x=2"),
        ("x=range(0,10,step=4)", IntDistribution(0, 8, step=4), 4, "x=4"),
        ("x=range(0.0,0.5,step=0.25)", FloatDistribution(0.0, 0.25, step=0.25), 0.25, "x=0.25"),
        ("x=range(0.1,0.9,step=0.2)", FloatDistribution(0.1, 0.7, step=0.2), 0.7, "x=0.7"),
        ("x=1,2,4", CategoricalDistribution([1, 2, 4]), 2, "x=2"),
        ("x=choice(0.1,0.2)", CategoricalDistribution([0.1, 0.2]), 0.2, "x=0.2"),
        ("x=null,1", CategoricalDistribution([None, 1]), None, "x=null"),
        ("x=true,false", CategoricalDistribution([True, False]), False, "x=False"),
        ("x=[64],[64,32]", CategoricalDistribution(["[64]", "[64,32]"]), "[64,32]", "x=[64,32]"),
        ("x='a b','c'", CategoricalDistribution(["a b", "c"]), "a b", "x='a b'"),
        ("+x=1,2", CategoricalDistribution([1, 2]), 1, "+x=1"),
        ("++x=1,2", CategoricalDistribution([1, 2]), 1, "++x=1"),
        ("model=mlp,cnn", CategoricalDistribution(["mlp", "cnn"]), "cnn", "model=cnn"),
        (
            "optimizer=glob(ad*)",
            CategoricalDistribution(["adagrad", "adam", "adamw"]),
            "adamw",
            "optimizer=adamw",
        ),
    ],
)
def test_the_grammar_of_the_command_line(loader, override, distribution, value, typed):
    space = parse_space([override], {}, loader)

    assert list(space.distributions().values()) == [distribution]
    (name,) = space.distributions()
    assert not name.startswith("+")
    assert space.overrides({name: value}) == [typed]


def test_what_is_not_searched_is_fixed_and_the_command_line_wins(loader):
    space = parse_space(["model=mlp", "x=3", "z=1,2"], {"x": "interval(0,1)", "y": "choice(1,2)"}, loader)

    assert set(space.fixed) == {"model=mlp", "x=3"}
    assert set(space.distributions()) == {"y", "z"}


def test_every_combination_in_the_order_of_the_command_line(loader):
    space = parse_space(["a=1,2", "b=range(0,2)", "c=range(0.0,1.0,step=0.5)"], {}, loader)
    grid = space.combinations()

    assert [tuple(row.values()) for row in grid[:3]] == [(1, 0, 0.0), (1, 0, 0.5), (1, 1, 0.0)]
    assert len(grid) == 8


@pytest.mark.parametrize(
    ("overrides", "refusal"),
    [
        (["a=1,2", "b=interval(0,1)"], "b: every combination is to be tried, but an interval has endlessly many"),
        (["a=range(0,1000)", "b=int(interval(0,999999))"], "that is 1,000,000,000 trials, and no more than 100,000"),
    ],
)
def test_more_combinations_than_can_be_tried_are_refused(loader, overrides, refusal):
    with pytest.raises(UserError, match=refusal):
        parse_space(overrides, {}, loader).combinations()


def test_what_is_left_of_a_wide_space_is_found_without_listing_it(loader):
    space = parse_space(["a=int(interval(1,1000000000000))", "b=1,2"], {}, loader)

    left = space.untried([{"a": 1, "b": 1}, {"a": 1, "b": 2}], random=Random(0))

    assert 1 < left["a"] <= 1e12
    assert left["b"] in {1, 2}


@pytest.mark.parametrize("written", ["range(0.1,0.9,0.2)", "range(0.7,0.0,-0.2)"])
def test_decimal_steps_are_exact(loader, written):
    grid = parse_space([f"a={written}"], {}, loader).combinations()

    assert [row["a"] for row in grid] == [0.1, 0.3, 0.5, 0.7]


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("x=interval(2,1)", "has nothing inside"),
        ("x=interval(1,1)", "has nothing inside"),
        ("x=tag(log,interval(0,1))", "must begin above 0"),
        ("x=range(3,3)", "the range is empty"),
    ],
)
def test_a_space_that_holds_nothing_is_refused(loader, override, said):
    with pytest.raises(UserError, match=said):
        parse_space([override], {}, loader)


@pytest.mark.parametrize(
    ("distribution", "text"),
    [
        (CategoricalDistribution(["a", 1]), "a,1"),
        (FloatDistribution(0, 0.5), "interval(0, 0.5)"),
        (FloatDistribution(0, 0.5, step=0.25), "0.0 to 0.5 in steps of 0.25"),
        (IntDistribution(1, 8), "int(interval(1, 8))"),
    ],
)
def test_a_distribution_reads_as_it_is_written(distribution, text):
    assert describe(distribution) == text


def test_the_same_values_are_the_same_trial():
    assert same({"a": 0.1 + 0.2, "b": "x"}, {"a": 0.3, "b": "x"})
    assert not same({"a": 0.3, "b": "x"}, {"a": 0.3, "b": "y"})
    assert not same({"a": 0.3}, {"a": 0.3, "b": "y"})


@pytest.mark.parametrize(("value", "stored"), [([128, 64], "[128,64]"), ("[64]", "[64]"), ([64], "[64]")])
def test_a_list_to_try_first_is_stored_as_the_choice_that_it_is(loader, value, stored):
    space = parse_space(["model.units=[64],[128,64]", "model.dropout=interval(0,1)"], {}, loader)

    assert space.stored({"model.units": value, "model.dropout": 0.5}) == {"model.units": stored, "model.dropout": 0.5}
