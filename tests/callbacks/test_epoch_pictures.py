from dataclasses import replace

import keras
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from experiments.app import compose
from experiments.callbacks.epoch_pictures import EpochPictures


@pytest.fixture(scope="module")
def digits(trained):
    """The splits of the digits, thirty of each, and a small network."""
    splits = trained.splits
    small = {
        role: replace(split, inputs=split.inputs[:30], labels=split.labels[:30])
        for role, split in (("train", splits.train), ("validation", splits.validation))
    }
    return replace(splits, **small)


def watch(splits, tmp_path, *, epochs: int = 4, logits: bool = False, **options: object):
    callback = EpochPictures(folder=str(tmp_path / "plots"), logs=str(tmp_path / "logs"), logits=logits, **options)
    callback.set_splits(splits)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1), dtype="uint8"),
            keras.layers.Rescaling(1 / 16),
            keras.layers.Conv2D(4, 3),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation=None if logits else "softmax"),
        ]
    )
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=logits))
    model.fit(splits.train.inputs, splits.train.labels, epochs=epochs, verbose=0, callbacks=[callback])
    return callback


@pytest.mark.parametrize(("every", "epochs"), [(1, [1, 2, 3, 4]), (2, [2, 4]), (3, [3]), (5, [])])
@pytest.mark.parametrize("shows", ["predictions", "feature_maps"])
def test_a_picture_every_so_many_epochs_as_a_file_and_in_tensorboard(digits, tmp_path, every, epochs, shows):
    watch(digits, tmp_path, every=every, shows=shows)

    assert sorted(file.name for file in tmp_path.glob("plots/*")) == [f"{shows}-{epoch:03d}.png" for epoch in epochs]
    if epochs:
        assert len(list(tmp_path.glob("logs/*"))) == 1  # of several, TensorBoard may read a later one first
        events = EventAccumulator(str(tmp_path / "logs"), {"tensors": 0})
        events.Reload()
        assert [event.step for event in events.Tensors(shows)] == epochs


def test_training_images_are_shown_where_none_are_kept_out(digits, tmp_path):
    nothing = replace(digits.validation, inputs=digits.validation.inputs[:0], labels=digits.validation.labels[:0])
    callback = watch(replace(digits, validation=nothing), tmp_path, epochs=1)

    assert (tmp_path / "plots" / "predictions-001.png").is_file()
    figure = callback._figure(callback._splits, epoch=1)
    assert figure.get_suptitle().startswith("epoch 1, training split")


def test_logits_are_shown_as_probabilities(digits, tmp_path):
    callback = watch(digits, tmp_path, logits=True, epochs=1)

    probabilities = callback._probabilities(digits.validation.inputs[:5])

    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert (probabilities >= 0).all()


@pytest.mark.parametrize(("model", "logits"), [("mlp", False), ("mlp_logits", True)])
def test_the_config_says_whether_there_are_logits_whatever_the_loss_is(model, logits):
    config = compose("train", [f"model={model}", "callbacks=[default,epoch_pictures]", "task.loss._target_=mine.loss"])

    assert config["callbacks"]["epoch_pictures"]["logits"] is logits


def test_without_images_of_classes_nothing_is_drawn(digits, tmp_path):
    watch(replace(digits, kind="table"), tmp_path)

    assert not (tmp_path / "plots").exists()


def test_a_picture_that_fails_does_not_stop_the_training(digits, tmp_path, said):
    nameless = replace(digits, class_names=())

    watch(nameless, tmp_path, every=2)

    assert [message.partition(" could not be drawn: ")[0] for message in said().splitlines()] == [
        str(tmp_path / "plots" / f"predictions-{epoch:03d}.png") for epoch in (2, 4)
    ]
