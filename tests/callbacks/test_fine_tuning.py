import keras
import numpy as np
import pytest

from experiments.callbacks.backup_and_restore import BackupAndRestore, back_up_others
from experiments.callbacks.best_epoch import BestEpoch
from experiments.callbacks.fine_tuning import FineTuning, _begin_anew, unfreeze, with_fine_tuning
from experiments.callbacks.learning_rate import LearningRate
from experiments.errors import UserError
from experiments.trainers.gradient_tape import GradientTape
from experiments.trainers.keras_fit import KerasFit
from experiments.types import Objective, Split, Splits

INPUTS = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
SPLIT = Split(inputs=INPUTS, labels=INPUTS.sum(axis=1))
FACTS = dict.fromkeys(("name", "kind", "unit", "origin", "fingerprint"), "")
SPLITS = Splits(train=SPLIT, validation=SPLIT, test=SPLIT, target="number", class_names=(), digests={}, **FACTS)
FROZEN = ["first", "second", "statistics"]


def network(rate=0.1, optimizer=None):
    """A frozen inner model of three layers with weights, and one layer that learns."""
    keras.utils.set_random_seed(0)
    inner = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(4, name="first"),
            keras.layers.ReLU(),
            keras.layers.Dense(4, name="second"),
            keras.layers.BatchNormalization(name="statistics"),
        ],
        name="inner",
    )
    inner.trainable = False
    model = keras.Sequential([keras.Input((3,)), inner, keras.layers.Dense(1, name="head")], name="net")
    model.compile(optimizer or keras.optimizers.Adam(rate), "mse")
    return model


class Diary(keras.callbacks.Callback):
    """Notes which layers' weights an epoch has changed, the optimizer's steps, and invents a score."""

    def __init__(self, scores=None):
        super().__init__()
        self.changed, self.steps, self.scores = [], [], scores

    def _weights(self):
        return {weight.path.split("/")[-2]: weight.numpy() for weight in self.model.weights}

    def on_epoch_begin(self, epoch, logs=None):
        self.before = self._weights()

    def on_epoch_end(self, epoch, logs=None):
        after = self._weights()
        self.changed.append({name for name in after if not np.array_equal(self.before[name], after[name])})
        self.steps.append(int(self.model.optimizer.iterations))
        logs["score"] = self.scores[epoch] if self.scores else float(epoch)


def train(trainer, *, model=None, scores=None, after=2, epochs=2, rate=0.01, layers=None, others=(), **knobs):
    """Train for 4 steps an epoch. Return the model, a diary and what ``BestEpoch`` knows."""
    model, diary = model or network(), Diary(scores)
    best = BestEpoch(Objective(metric="score", mode="max"))
    tuning = FineTuning(after=after, epochs=epochs, learning_rate=rate, layers=layers)
    callbacks = [diary, LearningRate(), best, *with_fine_tuning(tuning, model, others)]
    back_up_others(callbacks)
    trainer(epochs=after + epochs, batch_size=10, verbose=0, **knobs).fit(model, SPLITS, callbacks)
    return model, diary, best


for_every_trainer = pytest.mark.parametrize(
    ("trainer", "knobs"),
    [(KerasFit, {}), (KerasFit, {"run_eagerly": True}), (GradientTape, {}), (GradientTape, {"run_eagerly": True})],
)


@for_every_trainer
def test_frozen_layers_learn_in_the_second_phase_of_one_training(trainer, knobs):
    model, diary, best = train(trainer, **knobs)

    assert diary.changed == [{"head"}, {"head"}, {"head", "first", "second"}, {"head", "first", "second"}]
    assert best.history["learning_rate"] == pytest.approx([0.1, 0.1, 0.01, 0.01])
    assert {name: len(values) for name, values in model.history.history.items()} == dict.fromkeys(best.history, 4)
    assert diary.steps == [4, 8, 4, 8], "the optimizer begins anew"


@for_every_trainer
def test_the_best_epoch_is_sought_in_both_phases(trainer, knobs):
    model, _, best = train(trainer, scores=[0.1, 0.9, 0.2, 0.3], **knobs)
    first = model.get_layer("inner").get_layer("first").get_weights()
    best.restore()

    assert best.epoch == 2
    untouched = network().get_layer("inner").get_layer("first").get_weights()
    assert np.array_equal(model.get_layer("inner").get_layer("first").get_weights()[0], untouched[0])
    assert not np.array_equal(first[0], untouched[0])


@pytest.mark.parametrize(
    ("layers", "learning"),
    [(1, {"head", "second"}), (2, {"head", "first", "second"}), (None, {"head", "first", "second"})],
)
def test_the_last_of_the_frozen_layers_can_learn_alone_and_batch_normalization_never_does(layers, learning):
    assert train(KerasFit, layers=layers)[1].changed[-1] == learning


def early(patience):
    return keras.callbacks.EarlyStopping(monitor="score", mode="max", patience=patience)


@pytest.mark.parametrize(
    ("scores", "begins", "epochs"),
    [
        ([9, 1, 2, 3, 4, 5, 6, 7, 8], 4, 7),  # no better for 3 epochs; then 3 of the second phase
        ([9, 10, 11, 12, 13, 5, 4, 3, 2], 5, 8),  # better throughout the first phase: its patience counts anew
        ([9, 8, 7, 6, 5, 4, 4, 4, 4], 4, 7),
    ],
)
def test_early_stopping_begins_the_second_phase_sooner_and_its_patience_counts_anew(scores, begins, epochs):
    _, diary, _ = train(GradientTape, scores=scores, after=5, epochs=3, others=[early(3)])

    assert [len(changed) for changed in diary.changed] == [1] * begins + [3] * (epochs - begins)


def test_early_stopping_ends_the_second_phase():
    _, diary, _ = train(KerasFit, scores=[1, 2, 3, 9, 8, 7, 6, 5, 4], after=3, epochs=6, others=[early(2)])

    assert len(diary.changed) == 6


def test_any_other_end_of_the_first_phase_is_the_end():
    def stop(epoch, logs):
        other.model.stop_training = epoch == 1

    other = keras.callbacks.LambdaCallback(on_epoch_end=stop)
    _, diary, _ = train(KerasFit, after=5, others=[early(3), other])

    assert diary.changed == [{"head"}, {"head"}]


def test_under_a_schedule_the_second_phase_has_one_rate():
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([3], [0.2, 0.1])  # the first 4 steps, then

    _, _, best = train(GradientTape, model=network(schedule))

    assert best.history["learning_rate"] == pytest.approx([0.2, 0.1, 0.01, 0.01])


@pytest.mark.parametrize(
    "optimizer",
    [
        keras.optimizers.SGD(0.1, momentum=0.9),
        keras.optimizers.Adagrad(0.1, initial_accumulator_value=0.3),
        keras.optimizers.AdamW(0.1, gradient_accumulation_steps=2),
        keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.1)),
    ],
    ids=lambda optimizer: optimizer.name,
)
def test_every_optimizer_begins_the_second_phase_as_a_new_one_would(optimizer):
    new = type(optimizer).from_config(optimizer.get_config())
    model, _, _ = train(GradientTape, model=network(optimizer=optimizer), epochs=1)
    used = [variable.numpy() for variable in optimizer.variables]

    _begin_anew(optimizer, model.trainable_variables)

    new.build(model.trainable_variables)
    for variable, fresh in zip(optimizer.variables, new.variables, strict=True):
        assert variable.path.endswith("learning_rate") or np.array_equal(variable, fresh)
    assert not all(map(np.array_equal, used, optimizer.variables))


class Killed(Exception):
    pass


@pytest.mark.parametrize("trainer", [KerasFit, GradientTape])
@pytest.mark.parametrize("kill_in", [1, 3, 4, 5])
def test_a_killed_training_goes_on_in_the_phase_it_was_in(tmp_path, trainer, kill_in):
    scores = [9, 1, 2, 3, 4, 5, 6, 7]  # early stopping ends the first phase after 3 epochs of at most 5

    def kill(epoch, logs=None):
        if epoch == kill_in:
            raise Killed

    def attempt(*more):
        backup = BackupAndRestore(backup_dir=str(tmp_path / "backup"))
        return train(trainer, scores=scores, after=5, epochs=4, others=[early(2), *more, backup])

    with pytest.raises(Killed):
        attempt(keras.callbacks.LambdaCallback(on_epoch_begin=kill))
    model, diary, best = attempt()

    assert [len(changed) for changed in diary.changed] == ([1] * 3 + [3] * 4)[kill_in:]
    assert diary.steps == [4, 8, 12, 4, 8, 12, 16][kill_in:]
    assert best.history["learning_rate"] == pytest.approx([0.1] * 3 + [0.01] * 4)
    assert best.epoch == 1
    assert len(model.history.history["loss"]) == 7 - kill_in


def test_what_was_kept_in_the_second_phase_loads_with_its_optimizer(tmp_path, recwarn):
    model, _, _ = train(KerasFit)
    model.save(tmp_path / "model.keras")

    loaded = keras.saving.load_model(tmp_path / "model.keras")

    assert int(loaded.optimizer.iterations) == 8
    assert not [warning for warning in recwarn if "optimizer" in str(warning.message)]
    assert np.array_equal(loaded.predict(INPUTS, verbose=0), model.predict(INPUTS, verbose=0))


@pytest.mark.parametrize(
    ("frozen", "count", "fragment"),
    [
        (False, None, "fine_tuning has nothing to unfreeze: the layers of net learn from the first epoch on"),
        (True, 3, "fine_tuning.layers=3, but net has only 2 frozen layers"),
    ],
)
def test_what_cannot_be_unfrozen_is_refused(frozen, count, fragment):
    model = network()
    model.get_layer("inner").trainable = not frozen

    with pytest.raises(UserError) as refusal:
        unfreeze(model, count)

    assert fragment in str(refusal.value)


def test_preparing_a_model_leaves_its_layers_frozen():
    model = network()
    FineTuning(after=1, epochs=1, learning_rate=0.1).prepare(model)

    assert [weight.path.split("/")[-2] for weight in model.trainable_weights] == ["head", "head"]
