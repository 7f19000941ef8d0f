import pytest

from experiments.app import compose
from experiments.errors import UserError
from experiments.pretrained import check_files, vectors

TEXTS = ("data=synthetic_texts", "model=text_transfer")


@pytest.mark.parametrize(
    ("overrides", "fragment"),
    [
        (["model=image_transfer", "model.weights=/no/such.h5"], "weights /no/such.h5 is missing. Set model.weights="),
        (["initial_weights=/no/such.keras"], "weights /no/such.keras is missing. Set initial_weights=FILE"),
        (["initial_weights=model.h6"], "initial_weights must be a file that ends in"),
        ([*TEXTS, "model.vectors=/no/such.txt"], "/no/such.txt"),
        ([*TEXTS], "model.vectors"),
    ],
)
def test_a_missing_file_is_told_by_the_knob_that_names_it(overrides, fragment):
    with pytest.raises(UserError) as refusal:
        check_files(compose("train", overrides))

    assert fragment in str(refusal.value)


@pytest.mark.parametrize("overrides", [["model=cnn"], ["model=image_transfer"]])
def test_a_model_that_begins_with_nothing_or_a_download_needs_no_file(overrides):
    config = compose("train", overrides)

    check_files(config)

    assert vectors(config) == {}


def test_vectors_are_the_file_that_the_config_names(tmp_path):
    file = tmp_path / "vectors.txt"
    file.write_text("the 0.1 0.2\n")

    assert vectors(compose("train", [*TEXTS, f"model.vectors={file}"])) == {"vectors": str(file)}
