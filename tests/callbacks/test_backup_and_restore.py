import keras
import numpy as np
import pytest

from experiments.callbacks.backup_and_restore import BackupAndRestore, back_up_others
from experiments.callbacks.best_epoch import BestEpoch
from experiments.errors import UserError
from experiments.trainers.gradient_tape import GradientTape
from experiments.trainers.keras_fit import KerasFit
from experiments.types import Objective, Split, Splits

INPUTS = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
SPLIT = Split(inputs=INPUTS, labels=INPUTS.sum(axis=1))
FACTS = dict.fromkeys(("name", "kind", "unit", "origin", "fingerprint"), "")
SPLITS = Splits(train=SPLIT, validation=SPLIT, test=SPLIT, target="number", class_names=(), digests={}, **FACTS)


class Killed(Exception):
    pass


def train(folder, trainer, *, kill_in=None, kill_at="epoch_begin", outputs=1, epochs=9, **options):
    """Train five epochs; the best one by an invented metric is the second. Return what the run then knows."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(outputs, name="head")], name="net")
    model.compile(keras.optimizers.Adam(0.1), "mse")
    seen = []

    def invent(epoch, logs):
        logs["score"] = [0.1, 0.9, 0.5, 0.4, 0.3][epoch]
        seen.append((epoch, model.get_weights()))

    def kill(number, logs):
        if number == kill_in:
            raise Killed

    best = BestEpoch(Objective(metric="score", mode="max"))
    stopping = keras.callbacks.EarlyStopping(monitor="score", mode="max", patience=3)
    checkpoint = keras.callbacks.ModelCheckpoint(
        str(folder / "best.keras"), monitor="score", mode="max", save_best_only=True
    )
    callbacks = [
        keras.callbacks.LambdaCallback(on_epoch_end=invent, **{f"on_{kill_at}": kill}),
        *(best, stopping, checkpoint),
        BackupAndRestore(backup_dir=str(folder / "backup"), double_checkpoint=True, **options),
    ]
    back_up_others(callbacks)
    made = trainer(epochs=epochs, batch_size=8, verbose=0)
    if kill_in is None:
        made.fit(model, SPLITS, callbacks)
    else:
        with pytest.raises(Killed):
            made.fit(model, SPLITS, callbacks)
    return model, best, seen


@pytest.mark.parametrize("trainer", [KerasFit, GradientTape])
def test_a_killed_training_goes_on_with_all_that_was_known(tmp_path, trainer):
    first, _, before = train(tmp_path, trainer, kill_in=3)
    model, best, after = train(tmp_path, trainer)

    assert [epoch for epoch, _ in before] == [0, 1, 2]
    assert [epoch for epoch, _ in after] == [3, 4], "early stopping counts on: the best epoch was the second"
    assert int(first.optimizer.iterations) == 3 * 4
    assert int(model.optimizer.iterations) == 5 * 4
    assert best.epoch == 2
    assert best.metrics["score"] == 0.9
    assert {name: len(values) for name, values in best.history.items()} == {"loss": 5, "val_loss": 5, "score": 5}
    best.restore()
    second_epoch = before[1][1]
    for kept in (model, keras.saving.load_model(tmp_path / "best.keras")):
        assert all(map(np.array_equal, kept.get_weights(), second_epoch))
    assert not (tmp_path / "backup").exists(), "at the end there is nothing to go on with"


def test_a_training_that_was_not_killed_begins_at_its_beginning(tmp_path):
    _, best, seen = train(tmp_path, GradientTape)

    assert [epoch for epoch, _ in seen] == [0, 1, 2, 3, 4]
    assert len(best.history["loss"]) == 5


@pytest.mark.parametrize("trainer", [KerasFit, GradientTape])
def test_a_training_that_has_no_epoch_left_knows_all_that_was_known(tmp_path, trainer):
    _, first, _ = train(tmp_path, trainer, epochs=3, delete_checkpoint=False)
    model, best, after = train(tmp_path, trainer, epochs=3)

    assert after == []
    assert (best.epoch, best.metrics, best.history) == (2, first.metrics, first.history)
    assert int(model.optimizer.iterations) == 3 * 4
    best.restore()
    assert all(map(np.array_equal, model.get_weights(), first.weights))
    assert not (tmp_path / "backup").exists()


@pytest.mark.parametrize("trainer", [KerasFit, GradientTape])
def test_one_that_is_kept_within_epochs_goes_on_in_the_epoch_of_its_weights_however_often_it_is_killed(
    tmp_path, trainer
):
    train(tmp_path, trainer, kill_in=2, save_freq=1)  # was kept last at the last of four batches of the epoch before
    train(tmp_path, trainer, kill_in=3, kill_at="train_batch_end", save_freq=1)
    _, best, after = train(tmp_path, trainer, save_freq=1)

    assert [epoch for epoch, _ in after] == [1, 2, 3, 4]
    assert best.epoch == 2
    assert {len(values) for values in best.history.values()} == {5}


def test_a_backup_of_another_model_is_one_clear_error(tmp_path):
    train(tmp_path, KerasFit, kill_in=3)

    with pytest.raises(
        UserError, match=r"is of another model than net: kernel of layer head has shape \(3, 2\), in the"
    ):
        train(tmp_path, KerasFit, outputs=2)
