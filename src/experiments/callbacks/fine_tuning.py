"""Let frozen layers learn too, once the others have learnt to work with them."""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras.optimizers.schedules import ExponentialDecay, LearningRateSchedule

from experiments.errors import UserError


class FineTuning(keras.callbacks.Callback):
    """Unfreeze layers in the middle of one training, whose epochs, history and callbacks go on.

    The optimizer begins anew, at another learning rate. An ``EarlyStopping`` that would end the frozen phase begins
    the second one instead, and its patience counts anew. BatchNormalization stays frozen: a few small batches would
    spoil the statistics of many large ones.

    Args:
        after: epochs of the frozen phase, at most.
        epochs: of the second phase, at most.
        learning_rate: of the second phase, constant where a schedule ruled the first.
        layers: how many of the frozen layers learn, the last ones that have weights; ``None`` (default) for all.

    Attributes:
        begins: epoch that the second phase begins in, counted from 0.
        is_on: whether it has begun.

    Example:
    ```python
    stopping = keras.callbacks.EarlyStopping(patience=3)
    callbacks = with_fine_tuning(FineTuning(after=10, epochs=5, learning_rate=1e-5), model, [stopping])
    model.fit(x, y, validation_split=0.1, epochs=15, callbacks=callbacks)
    ```

    Source: https://www.tensorflow.org/tutorials/images/transfer_learning, whose model is compiled and fitted twice.
    """

    def __init__(self, *, after: int, epochs: int, learning_rate: float, layers: int | None = None) -> None:
        super().__init__()
        self.after, self.epochs, self.learning_rate, self.layers = after, epochs, learning_rate, layers
        self.begins, self.is_on = after, False
        self.stoppings: list[keras.callbacks.EarlyStopping] = []
        self._epoch = 0
        self._learning: list[Any] = []

    def prepare(self, model: keras.Model) -> None:
        """Build the optimizer for all that is ever to learn, so that its state can be kept in either phase.

        Raises:
            UserError: there are no frozen layers, or not so many.
        """
        before = [(layer, layer.trainable) for layer in model._flatten_layers()]
        unfreeze(model, self.layers)
        self._learning = model.trainable_variables
        for layer, trainable in before:  # outer ones first, which set their inner ones too
            layer.trainable = trainable
        model.optimizer.build(self._learning)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Note the epoch."""
        self._epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Begin the second phase if this is its time; after a kill, ``begins`` is known only now."""
        if self.is_on or self._epoch < self.begins:
            return
        self.is_on = True
        unfreeze(self.model, self.layers)
        if self._epoch == self.begins:
            _begin_anew(self.model.optimizer, self._learning)
            _set_rate(self.model.optimizer, self.learning_rate)
        elif _has_schedule(self.model.optimizer):
            _set_rate(self.model.optimizer, self.learning_rate)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Go over to the second phase where the first has come to its end, and end the second after its epochs."""
        if self.is_on:
            if epoch + 1 >= self.begins + self.epochs:
                self.model.stop_training = True
            return
        stopped = any(stopping.stopped_epoch == epoch > 0 for stopping in self.stoppings)
        if stopped and math.isfinite((logs or {}).get("loss", 0.0)):
            self.begins = epoch + 1
            self.model.stop_training = False
        if epoch + 1 == self.begins:
            for stopping in self.stoppings:
                stopping.on_train_begin()


def with_fine_tuning(
    fine_tuning: FineTuning, model: keras.Model, callbacks: Sequence[keras.callbacks.Callback]
) -> list[keras.callbacks.Callback]:
    """Return the callbacks with ``fine_tuning`` behind the last ``EarlyStopping``, whose verdict it has to know.

    Args:
        fine_tuning: to put among them; it is prepared for the model.
        model: compiled and built.
        callbacks: the others.

    Raises:
        UserError: the model has no frozen layers, or not so many.
    """
    fine_tuning.prepare(model)
    places = [place for place, other in enumerate(callbacks) if isinstance(other, keras.callbacks.EarlyStopping)]
    fine_tuning.stoppings = [callbacks[place] for place in places]
    place = places[-1] + 1 if places else 0
    return [*callbacks[:place], fine_tuning, *callbacks[place:]]


def unfreeze(model: keras.Model, count: int | None) -> None:
    """Let the last ``count`` frozen layers that have weights learn, or all of them where it is ``None``.

    Raises:
        UserError: there are no frozen layers, or not so many.
    """
    leaves = _leaves(model)
    frozen = [
        layer for layer in leaves if layer._trainable_variables and not layer.trainable and not _keeps_statistics(layer)
    ]
    if not frozen:
        raise UserError(
            f"fine_tuning has nothing to unfreeze: the layers of {model.name} learn from the first epoch on. Choose "
            "fine_tuning=none, or a model with frozen layers, such as model=image_transfer with model.fine_tune=false."
        )
    if count and count > len(frozen):
        raise UserError(f"fine_tuning.layers={count}, but {model.name} has only {len(frozen)} frozen layers.")
    chosen = {id(layer) for layer in frozen[-count if count else 0 :]}
    learns = {id(layer): layer.trainable or id(layer) in chosen for layer in leaves}
    for layer in model._flatten_layers():
        layer.trainable = True  # one that is frozen would freeze what lies in it
    for layer in leaves:
        layer.trainable = learns[id(layer)]


def _leaves(layer: keras.Layer) -> list[keras.Layer]:
    """Return the layers that hold no others, in the order of the model; Keras' own list turns inner models round."""
    if not layer._layers:
        return [layer]
    return list({id(leaf): leaf for inner in layer._layers for leaf in _leaves(inner)}.values())


def _keeps_statistics(layer: keras.Layer) -> bool:
    return isinstance(layer, keras.layers.BatchNormalization)


def _begin_anew(optimizer: keras.optimizers.Optimizer, variables: list[Any]) -> None:
    """Give an optimizer the state of a new one: moments that fit the weights to come, and steps counted from 0."""
    new = type(optimizer).from_config(optimizer.get_config())
    new.build(variables)
    for old, fresh in zip(optimizer.variables, new.variables, strict=True):
        old.assign(fresh)


def _set_rate(optimizer: keras.optimizers.Optimizer, rate: float) -> None:
    inner = getattr(optimizer, "inner_optimizer", optimizer)  # mixed_float16 has one around it
    constant = ExponentialDecay(rate, decay_steps=1, decay_rate=1.0)  # a schedule can only be replaced by another
    inner.learning_rate = constant if _has_schedule(optimizer) else rate


def _has_schedule(optimizer: keras.optimizers.Optimizer) -> bool:
    return isinstance(getattr(optimizer, "inner_optimizer", optimizer)._learning_rate, LearningRateSchedule)
