"""The search space, written in Hydra's override grammar."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import IntervalSweep, Override, RangeSweep
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from experiments.errors import UserError

_PLAIN = (bool, int, float, str, type(None))  # what Optuna takes as a category
_MOST = 100_000  # trials of a grid


@dataclass(frozen=True, kw_only=True)
class Knob:
    """One searched key.

    Args:
        key: as typed, with ``+`` or ``@package``.
        distribution: where its values come from.
        texts: for categories, each one's text in Hydra's grammar.
    """

    key: str
    distribution: BaseDistribution
    texts: Mapping[Any, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The key as MLflow and Optuna show it."""
        return self.key.lstrip("+")

    @property
    def values(self) -> Sequence[Any] | None:
        """All values, in order; ``None`` where they are endless."""
        known = self.distribution
        if isinstance(known, CategoricalDistribution):
            return known.choices
        if isinstance(known, IntDistribution):
            return range(known.low, known.high + 1, known.step)
        if isinstance(known, FloatDistribution) and (known.step or known.low == known.high):
            low, high, step = (Decimal(str(number)) for number in (known.low, known.high, known.step or 1))
            return [
                float(low + index * step) for index in range(int((high - low) / step) + 1)
            ]  # 0.7, not 0.1 + 3 * 0.2
        return None

    def override(self, value: Any) -> str:
        """Return what would be typed to set this value."""
        return f"{self.key}={self.texts[value] if self.texts else repr(value)}"

    def takes(self, value: Any) -> bool:
        """Return whether a study can store a value: one of the choices, or any number, even beyond an interval."""
        try:
            self.distribution.to_internal_repr(value)
        except ValueError:
            return False
        return True

    def stored(self, value: Any) -> Any:
        """Return a value of the user's as a study stores it.

        Raises:
            UserError: it is none of the choices, or no number.
        """
        if self.takes(value):
            return value
        for category, text in self.texts.items():
            if _bare(text) == _bare(str(value)):
                return category
        raise UserError(f"hydra.sweeper.enqueue: {self.name}={value} is none of {describe(self.distribution)}.")


def _bare(text: str) -> str:
    """Return a text without what a list may be written with or without."""
    return text.translate(str.maketrans("", "", " '\""))


@dataclass(frozen=True, kw_only=True)
class Space:
    """Everything that is searched, and the overrides that all trials share."""

    knobs: Sequence[Knob]
    fixed: Sequence[str]

    def distributions(self) -> dict[str, BaseDistribution]:
        """Return the distributions by name."""
        return {knob.name: knob.distribution for knob in self.knobs}

    def overrides(self, params: Mapping[str, Any]) -> list[str]:
        """Return the overrides of a trial with these values; a name that is not in the space is taken as a key."""
        known = {knob.name: knob for knob in self.knobs}
        return [known[name].override(value) if name in known else f"{name}={value!r}" for name, value in params.items()]

    def stored(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return parameters of the user's as a study stores them: a list or mapping by its text.

        Raises:
            UserError: a value is none of its key's choices.
        """
        known = {knob.name: knob for knob in self.knobs}
        return {name: known[name].stored(value) if name in known else value for name, value in params.items()}

    def combinations(self) -> list[dict[str, Any]]:
        """Return every combination in the order of the command line, the last key fastest.

        Raises:
            UserError: they are endless, or more than could ever be tried.
        """
        endless = [knob.name for knob in self.knobs if knob.values is None]
        if endless:
            raise UserError(
                f"{', '.join(endless)}: every combination is to be tried, but an interval has endlessly many values. "
                "Write range(START, STOP, STEP) or list them, or search: hydra/sweeper=optuna_async."
            )
        values = {knob.name: knob.values or () for knob in self.knobs}
        size = math.prod(map(len, values.values()))
        if size > _MOST:
            raise UserError(
                f"{', '.join(values)}: every combination is to be tried, but that is {size:,} trials, and no more than "
                f"{_MOST:,} are tried. Leave some values out, or search: hydra/sweeper=optuna_async."
            )
        return [dict(zip(values, combination, strict=True)) for combination in product(*values.values())]

    def untried(self, tried: Sequence[Mapping[str, Any]], *, random: Random) -> dict[str, Any] | None:
        """Return any combination that is not among ``tried``; ``None`` if all are."""
        values = {knob.name: knob.values or [_drawn(knob.distribution, random)] for knob in self.knobs}
        enough = len(tried) + 1  # of so many values of one key, one was not tried
        shuffled = [random.sample(known, min(len(known), enough)) for known in values.values()]
        combinations = (dict(zip(values, combination, strict=True)) for combination in product(*shuffled))
        return next((each for each in combinations if not any(same(each, other) for other in tried)), None)


def parse_space(arguments: Iterable[str], params: Mapping[str, Any], config_loader: Any) -> Space:
    """Read the space from the command line and from ``hydra.sweeper.params``; the command line wins.

    Raises:
        UserError: an interval is reversed, or not positive where it is logarithmic, or a choice is empty.
        hydra.errors.HydraException: an override cannot be parsed.
    """
    parser = OverridesParser.create(config_loader=config_loader)
    written = parser.parse_overrides([f"{key}={value}" for key, value in params.items()])
    typed = parser.parse_overrides(list(arguments))
    latest = {override.get_key_element(): override for override in (*written, *typed)}
    return Space(
        knobs=[_knob(override) for override in latest.values() if override.is_sweep_override()],
        fixed=[override.input_line or "" for override in latest.values() if not override.is_sweep_override()],
    )


def _knob(override: Override) -> Knob:
    key, sweep = override.get_key_element(), override.value()
    if isinstance(sweep, IntervalSweep):
        return Knob(key=key, distribution=_interval(key, sweep))
    if isinstance(sweep, RangeSweep) and not sweep.shuffle:
        return Knob(key=key, distribution=_range(key, sweep))
    elements, texts = list(override.sweep_iterator()), list(override.sweep_string_iterator())
    categories = [_category(element, text) for element, text in zip(elements, texts, strict=True)]
    if not categories:
        raise UserError(f"{key}: nothing to choose from in {override.input_line}.")
    return Knob(
        key=key,
        distribution=CategoricalDistribution(list(dict.fromkeys(categories))),
        texts=dict(zip(categories, texts, strict=True)),
    )


def _category(element: Any, text: str) -> Any:
    value = getattr(element, "text", element)  # of a quoted string
    return value if isinstance(value, _PLAIN) else text


def _interval(key: str, sweep: IntervalSweep) -> BaseDistribution:
    low, high = sweep.start, sweep.end
    if low is None or high is None or not low < high:
        raise UserError(f"{key}: interval({low}, {high}) has nothing inside. Write interval(LOW, HIGH), LOW first.")
    log = "log" in sweep.tags
    if log and low <= 0:
        raise UserError(f"{key}: interval({low}, {high}) with tag log must begin above 0, for example at 1e-6.")
    if isinstance(low, int) and isinstance(high, int):
        return IntDistribution(low, high, log=log)
    return FloatDistribution(low, high, log=log)


def _range(key: str, sweep: RangeSweep) -> BaseDistribution:
    """Return what Hydra's ``range`` means, its stop left out."""
    start, stop, step = (Decimal(str(number)) for number in (sweep.start, sweep.stop, sweep.step))
    count = math.ceil((stop - start) / step) if step else 0
    if count < 1:
        raise UserError(f"{key}: the range is empty. Write range(START, STOP, STEP); STOP itself is left out.")
    low, high = sorted((start, start + (count - 1) * step))  # Hydra's own floats drift away from 0.7
    if all(isinstance(number, int) for number in (sweep.start, sweep.stop, sweep.step)):
        return IntDistribution(int(low), int(high), step=int(abs(step)))
    return FloatDistribution(float(low), float(high), step=float(abs(step)) if high > low else None)


def _drawn(interval: Any, random: Random) -> float:
    """Return any value of an endless interval."""
    low, high = float(interval.low), float(interval.high)
    if not interval.log:
        return random.uniform(low, high)
    return min(max(math.exp(random.uniform(math.log(low), math.log(high))), low), high)


def quoted(text: str) -> str:
    """Return a text as one value of Hydra's grammar, whatever is in it."""
    return "'" + text.replace("'", r"\'") + "'"


def describe(distribution: BaseDistribution) -> str:
    """Return a distribution as one would write it.

    Example:
        >>> describe(FloatDistribution(1e-4, 0.1, log=True))
        'tag(log, interval(0.0001, 0.1))'
    """
    if isinstance(distribution, CategoricalDistribution):
        return ",".join(map(str, distribution.choices))
    low, high = distribution.low, distribution.high  # type: ignore[attr-defined]
    if getattr(distribution, "step", None) not in (None, 1):
        return f"{low} to {high} in steps of {distribution.step}"  # type: ignore[attr-defined]
    whole = isinstance(distribution, IntDistribution)
    interval = f"int(interval({low}, {high}))" if whole else f"interval({low:g}, {high:g})"
    return f"tag(log, {interval})" if distribution.log else interval  # type: ignore[attr-defined]


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two trials have the same values, floats compared as closely as Optuna stores them."""
    if one.keys() != other.keys():
        return False
    pairs = ((one[name], other[name]) for name in one)
    return all(
        math.isclose(a, b, rel_tol=1e-12) if isinstance(a, float) and isinstance(b, float) else a == b for a, b in pairs
    )
