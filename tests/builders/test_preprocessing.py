from dataclasses import replace

import keras
import numpy as np
import pytest

from experiments import builders
from experiments.app import compose
from experiments.errors import UserError


def test_a_layer_that_adapts_sees_the_training_split_only(wine):
    config, splits = wine
    layer = next(layer for layer in builders.model(config, splits).layers if layer.name.startswith("normalization"))

    assert layer.mean.numpy().ravel() == pytest.approx(splits.train.inputs.mean(axis=0), rel=1e-4)


@pytest.fixture
def precision(request):
    """The precision that the trainer has set before a model is built."""
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"], indirect=True)
@pytest.mark.parametrize(
    ("overrides", "column"),
    [(["data=wine"], None), (["data=auto_mpg", "task=regression"], "model_year")],
)
def test_raw_numbers_are_read_and_scaled_in_32_bits_where_layers_compute_in_16(precision, overrides, column):
    config = compose("train", ["model=mlp", *overrides, f"trainer.mixed_precision={precision}"])
    splits = builders.splits(config)
    raw = splits.train.inputs[column] if column else splits.train.inputs

    model = builders.model(config, splits)

    name = column or "normalization"
    scale = next(layer for layer in model.layers if layer.name.startswith(name) and hasattr(layer, "mean"))
    shown = np.asarray(scale(np.reshape(raw + 1900, (len(raw), -1)))).reshape(raw.shape)
    np.testing.assert_allclose(shown, (raw + 1900 - raw.mean(axis=0)) / raw.std(axis=0), rtol=1e-3)
    assert keras.config.dtype_policy().name == precision
    assert {layer.dtype_policy.name for layer in model.layers if layer.name.startswith("dropout")} == {precision}


def test_texts_without_a_word_are_refused(tmp_path):
    (tmp_path / "empty.csv").write_text("text,label\n" + ",0\n!?,1\n" * 9)
    knobs = ["data=text_file", f"data.path={tmp_path}/empty.csv", "model=text_average", "trainer.batch_size=2"]
    config = compose("train", knobs)

    with pytest.raises(UserError, match="the training texts of data=text_file hold no word"):
        builders.model(config, builders.splits(config))


def test_numbers_whose_variance_is_no_float32_are_refused_by_their_column(tmp_path, wine):
    rows = "".join(f"{row},{row}e20,{'ab'[row % 2]}\n" for row in range(20))
    (tmp_path / "stars.csv").write_text(f"size,mass,kind\n{rows}")
    knobs = [f"data.path={tmp_path}/stars.csv", "data.label=kind", "trainer.batch_size=2", "model=mlp"]
    columns = "data.columns={size: float_normalized, mass: float_normalized}"
    of_columns = compose("train", ["data=csv", *knobs, columns])
    config, splits = wine
    inputs = splits.train.inputs * np.float32(1e20)
    of_rows = replace(splits, train=replace(splits.train, inputs=inputs))

    with pytest.raises(UserError, match="data=csv hold numbers in column 'mass' that are too large"):
        builders.model(of_columns, builders.splits(of_columns))
    with pytest.raises(UserError, match="data=wine hold numbers that are too large"):
        builders.model(config, of_rows)


def test_a_model_of_named_columns_takes_them_raw_and_learns_their_scale_from_the_training_split():
    config = compose("train", ["data=auto_mpg", "model=mlp", "task=regression"])
    splits = builders.splits(config)
    model = builders.model(config, splits)

    weight = next(layer for layer in model.layers if layer.name.startswith("weight_") and hasattr(layer, "mean"))
    assert float(weight.mean.numpy().squeeze()) == pytest.approx(splits.train.inputs["weight"].mean(), rel=1e-4)
    assert model.predict(splits.test.inputs, verbose=0).shape == (len(splits.test), 1)


@pytest.mark.parametrize(
    ("option", "layers"),
    [("none", []), ("flip_rotate", ["RandomFlip", "RandomRotation"]), ("shift_zoom", ["RandomTranslation"])],
)
def test_augmentation_is_part_of_the_model_and_acts_in_training_only(option, layers, tmp_path):
    config = compose("train", ["data=digits", "model=cnn", f"augmentation={option}", "model.dropout=0"])
    splits = builders.splits(config)
    model = builders.model(config, splits)
    images = splits.test.inputs[:8]

    inside = next((layer.layers for layer in model.layers if layer.name == "preprocessing"), [])
    assert [type(layer).__name__ for layer in inside][1 : 1 + len(layers)] == layers
    assert np.array_equal(model(images, training=False), model.predict(images, verbose=0))
    assert np.allclose(model(images, training=True), model(images, training=False)) == (option == "none")
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(images, verbose=0), model.predict(images, verbose=0), rtol=1e-6)


@pytest.mark.parametrize(
    ("option", "place", "layers"),
    [
        ("flip_rotate", "pipeline", ["RandomFlip", "RandomRotation"]),
        ("flip_rotate", "model", None),
        ("none", "pipeline", None),
    ],
)
def test_augmentation_of_the_pipeline_stays_out_of_the_model(option, place, layers):
    config = compose("train", ["data=digits", "model=cnn", f"augmentation={option}", f"augmentation.place={place}"])
    augmentation, model = builders.augmentation(config), builders.model(config, builders.splits(config))

    assert (augmentation and [type(layer).__name__ for layer in augmentation.layers]) == layers
    inside = [type(layer).__name__ for layer in model._flatten_layers()]
    assert ("RandomFlip" in inside) == (option == "flip_rotate" and place == "model")


def test_augmentation_of_a_table_is_refused():
    with pytest.raises(UserError, match="augmentation is for images, but data=wine is table data"):
        compose("train", ["data=wine", "model=mlp", "augmentation=flip_rotate"])
