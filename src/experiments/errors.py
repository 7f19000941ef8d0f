"""Errors that a user can mend: what was wrong, the value, the cure."""

import re
from collections.abc import Iterable
from difflib import get_close_matches


class UserError(Exception):
    """A mistake in what the user gave or in the user's surroundings, shown as one line without a traceback."""


class StoreAway(UserError, ConnectionError):
    """The tracking store does not answer now, and may later."""


class TrainingDiverged(UserError):
    """The loss is no longer a finite number."""


class LayersDoNotFit(UserError):
    """The images are too small for the layers of a model, which other values of its knobs may mend."""


class TrialPruned(Exception):
    """A trial of a sweep was stopped because others are better."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'a' or 'b'?"`` for the nearest known names, or an empty string.

    Example:
        >>> did_you_mean("dropot", ["dropout", "units"])
        " Did you mean 'dropout'?"
    """
    near = get_close_matches(name, sorted(set(known) - {name}), n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""


def refused_layers(message: str) -> UserError:
    """Return the error of a model that Keras refuses: ``LayersDoNotFit`` where nothing would be left of an image."""
    return LayersDoNotFit(message) if "output size would be" in message else UserError(message)


def one_line(error: BaseException) -> str:
    """Return what an error says in one line, without colours, the tensors that Keras adds, and TensorFlow's graph."""
    text, _, _ = re.sub(r"\x1b\[\d*m", "", str(error)).partition("\n\nArguments received by")
    sentence, is_of_a_graph, _ = text.partition("[[{{node")
    if is_of_a_graph:  # after the calls that led there, each with an empty line behind it
        text = re.sub(r"^\d+ root error\(s\) found\.\s*\(0\) \w+:", "", sentence.rpartition("\n\n")[2])
    text = re.sub(r"\{\{function_node .*?\}\}|\[Op:\w+\].*$", "", text)
    return " ".join(text.split())
