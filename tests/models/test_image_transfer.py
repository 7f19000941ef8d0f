import keras
import numpy as np
import pytest

from experiments.errors import UserError
from experiments.models.image_transfer import _scaled_for, image_transfer

SMALL = {"alpha": 0.35}
RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.integers(0, 256, size=(6, 32, 32, 3), dtype=np.uint8)


def transfer(shape=(32, 32, 3), **knobs):
    keras.utils.set_random_seed(0)
    knobs = {"backbone_options": SMALL, "weights": "random", "input_dtype": "uint8", "outputs": 4, **knobs}
    return image_transfer(input_shape=shape, preprocessing=keras.layers.Rescaling(1 / 255), **knobs)


def trunk_of(model):
    return next(layer for layer in model.layers if isinstance(layer, keras.Model))


@pytest.fixture(scope="module")
def plain():
    """A small backbone by itself, its BatchNormalization having seen something."""
    keras.utils.set_random_seed(1)
    made = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(32, 32, 3), alpha=0.35)
    for weight in made.weights:
        if weight.name in ("moving_mean", "moving_variance"):
            weight.assign(RANDOM.uniform(0.5, 1.5, size=weight.shape))
    return made


@pytest.fixture(scope="module")
def files(plain, tmp_path_factory):
    """The backbone's weights in each form: Keras 3's, and the one in which Keras publishes them."""
    import h5py
    from keras.src.legacy.saving import legacy_h5_format

    folder = tmp_path_factory.mktemp("weights")
    plain.save_weights(folder / "plain.weights.h5")
    with h5py.File(folder / "plain_no_top.h5", "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, plain)
    return folder


@pytest.mark.parametrize("name", ["plain.weights.h5", "plain_no_top.h5"])
def test_weights_of_a_file_put_out_what_the_backbone_did_with_raw_pixels(plain, files, name):
    model = transfer(weights=str(files / name))

    expected = plain.predict(keras.applications.mobilenet_v2.preprocess_input(IMAGES.astype("float32")), verbose=0)

    pooled = keras.Model(model.input, model.layers[-2].input).predict(IMAGES, verbose=0)  # before Dropout
    np.testing.assert_allclose(pooled, expected.mean(axis=(1, 2)), rtol=1e-3, atol=1e-5)
    assert np.ptp(pooled) > 0.01


@pytest.mark.parametrize(
    ("backbone", "module"),
    [
        ("VGG16", "vgg16"),
        ("DenseNet121", "densenet"),
        ("ResNet50V2", "resnet_v2"),
        ("ConvNeXtTiny", "convnext"),
    ],
)
def test_each_backbone_gets_its_own_scaling(backbone, module):
    inputs = keras.Input((32, 32, 3))
    scaled = keras.Model(inputs, _scaled_for(getattr(keras.applications, backbone), inputs))

    expected = getattr(keras.applications, module).preprocess_input(IMAGES.astype("float32"))
    np.testing.assert_allclose(scaled.predict(IMAGES / 255, verbose=0), expected, atol=1e-3)


def test_only_the_head_learns_and_batch_normalization_keeps_its_statistics(files):
    model = transfer(weights=str(files / "plain_no_top.h5"), units=[5])
    model.compile("sgd", "sparse_categorical_crossentropy")
    before = trunk_of(model).get_weights()

    model.fit(IMAGES, np.arange(6) % 4, verbose=0)

    assert {weight.path.split("/")[0] for weight in model.trainable_weights} == {model.layers[-3].name, "outputs"}
    assert all(map(np.array_equal, before, trunk_of(model).get_weights()))


@pytest.mark.parametrize("pretrained", [False, True])
def test_fine_tuned_kernels_learn_and_statistics_only_where_nothing_is_known_of_them(files, pretrained):
    model = transfer(weights=str(files / "plain_no_top.h5") if pretrained else "random", fine_tune=True)
    model.compile("sgd", "sparse_categorical_crossentropy")
    before = {weight.path: weight.numpy() for weight in trunk_of(model).weights}

    model.fit(IMAGES, np.arange(6) % 4, verbose=0)

    moved = {weight.path for weight in trunk_of(model).weights if not np.array_equal(before[weight.path], weight)}
    assert any("kernel" in path for path in moved)
    assert any("moving_mean" in path for path in moved) is not pretrained


@pytest.mark.parametrize("shape", [(32, 32, 1), (8, 8, 1), (40, 36, 3)])
def test_grey_images_and_those_of_another_size_are_brought_to_what_it_takes(shape):
    model = transfer(shape, image_size=32)
    images = RANDOM.integers(0, 256, size=(3, *shape), dtype=np.uint8)

    assert trunk_of(model).input_shape == (None, 32, 32, 3)
    assert model.predict(images, verbose=0).shape == (3, 4)


def test_a_saved_model_takes_raw_pixels_and_needs_nothing_of_ours(files, tmp_path):
    model = transfer(weights=str(files / "plain_no_top.h5"))
    model.save(tmp_path / "model.keras")

    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict(IMAGES, verbose=0), model.predict(IMAGES, verbose=0))
    assert "experiments" not in loaded.to_json()


@pytest.mark.parametrize(
    ("knobs", "fragments"),
    [
        ({"backbone": "MobilNetV2"}, ["model.backbone=MobilNetV2 is not in keras.app", "Did you mean 'MobileNetV2'"]),
        ({"backbone_options": {"alfa": 1}}, ["model.backbone_options.alfa", "Did you mean 'alpha'?", "It takes alpha"]),
        ({"backbone_options": {"pooling": "avg"}}, ["backbone_options.pooling: MobileNetV2 has no such option"]),
        ({"shape": (8, 9, 3)}, ["8x9 pixels are too small, it takes 32x32 and more", "model.image_size=32"]),
        ({"shape": (32, 32, 4)}, ["takes images of 1 or 3 channels, got shape (32, 32, 4)"]),
        ({"backbone_options": {"alpha": 0.3}, "weights": "imagenet"}, ["model.backbone=MobileNetV2: ", "alpha"]),
        ({"weights": "/no/such.h5"}, ["weights /no/such.h5 is missing", "model.weights=FILE"]),
    ],
)
def test_what_no_backbone_takes_is_one_clear_error(knobs, fragments):
    with pytest.raises(UserError) as refusal:
        transfer(**knobs)

    assert all(fragment in str(refusal.value) for fragment in fragments), refusal.value


def test_weights_of_another_width_are_refused_with_the_layer_and_both_shapes(files):
    with pytest.raises(UserError, match=r"model.weights=.*kernel of layer block_\w+ has shape \(1, 1, 48, 16\)"):
        transfer(weights=str(files / "plain_no_top.h5"), backbone_options={"alpha": 0.5})


def test_without_a_network_the_cure_names_the_file_and_its_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))

    def no_network(*_, **__):
        raise Exception("URL fetch failure on https://a.example/v2/small_no_top.h5: None -- [Errno -2] unknown")

    monkeypatch.setattr("keras.src.utils.file_utils.get_file", no_network)

    with pytest.raises(UserError) as refusal:
        transfer(weights="imagenet")

    said = str(refusal.value)
    assert "Put small_no_top.h5 from https://a.example/v2/small_no_top.h5 into " in said
    assert f"{tmp_path}/models" in said
    assert "model.weights=FILE" in said
