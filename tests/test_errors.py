import pytest

from experiments.errors import StoreAway, TrainingDiverged, UserError, did_you_mean, one_line


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("dropot", ["dropout", "units"], " Did you mean 'dropout'?"),
        ("adma", ["adam", "adamw", "sgd"], " Did you mean 'adam' or 'adamw'?"),
        ("epoch", ["epochs"], " Did you mean 'epochs'?"),
        ("unit", ["units", "unit1", "unit2", "unit3"], 3),
        ("zzz", ["dropout", "units"], ""),
        ("units", ["units"], ""),  # what was typed is no near miss of itself
        ("units", [], ""),
        ("", ["units"], ""),
    ],
)
def test_the_nearest_names_are_offered_the_best_first_and_three_at_most(name, known, hint):
    answer = did_you_mean(name, known)

    assert answer == hint if isinstance(hint, str) else answer.count("'") == 2 * hint


def test_names_may_come_from_a_generator_and_repeat():
    assert did_you_mean("mpl", (name for name in ("mlp", "mlp", "cnn"))) == " Did you mean 'mlp'?"


@pytest.mark.parametrize("kind", [UserError, TrainingDiverged, StoreAway])
def test_one_except_clause_catches_every_mistake_of_the_users(kind):
    with pytest.raises(UserError, match=r"^the loss is nan$"):
        raise kind("the loss is nan")


def test_a_store_that_is_away_is_to_blame_and_not_the_trial():
    assert issubclass(StoreAway, ConnectionError), "for which a sweep runs a trial again"


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("\x1b[1msize would be zero\x1b[0m\n\nArguments received by Conv2D.call():\n  inputs=1", "size would be zero"),
        (
            "Graph execution error:\n\nDetected at node loss/sub defined at (most recent call last):\n  File a.py\n\n"
            "  File b.py\n\nIncompatible shapes: [5] vs. [5,10]\n\t [[{{node loss/sub}}]] [Op:__inference_run_76]",
            "Incompatible shapes: [5] vs. [5,10]",
        ),
        (
            "2 root error(s) found.\n  (0) INVALID_ARGUMENT:  Bad label 12\n\t [[{{node a}}]]\n  (1) CANCELLED: x",
            "Bad label 12",
        ),
        (
            "{{function_node __wrapped__Sub_device_/job:a/CPU:0}} Incompatible shapes [Op:Sub] name: ",
            "Incompatible shapes",
        ),
        ("one\n  two", "one two"),
    ],
)
def test_what_a_library_says_becomes_one_line(said, line):
    assert one_line(ValueError(said)) == line
