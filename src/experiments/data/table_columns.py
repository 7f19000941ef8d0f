"""Which columns of a table are to be used, checked before the table is read."""

from collections.abc import Mapping
from typing import Any

from experiments.errors import UserError, did_you_mean

KINDS = (
    "float",
    "float_normalized",
    "float_rescaled",
    "float_discretized",
    "integer_categorical",
    "integer_hashed",
    "string_categorical",
    "string_hashed",
)
"""Of columns, in the words of ``keras.utils.FeatureSpace``."""
_EXAMPLE = "'data.columns={age: float_normalized, town: string_categorical}'"


def checked_columns(label: Any, columns: Any) -> tuple[str, Mapping[str, str]]:
    """Return both if ``label`` names a column and ``columns`` maps names of others to kinds.

    Raises:
        UserError: they do not; which, and what is wanted.
    """
    if not label or not isinstance(label, str):
        raise UserError(f"data.label must name the column to predict, got {_shown(label)}. Set it: data.label=COLUMN.")
    if not columns or not isinstance(columns, Mapping):
        raise UserError(
            f"data.columns must map those to predict {label!r} from to their kinds, such as {_EXAMPLE}, got "
            f"{_shown(columns)}."
        )
    if label in columns:
        raise UserError(
            f"data.columns has {label!r}, which is to be predicted (data.label): the model would be told the answer. "
            f"Leave it out: data.columns.{label}."
        )
    for name, kind in columns.items():
        if not isinstance(name, str):
            raise UserError(
                f"data.columns has the name {name!r}, which must be a word: rename that column in the file."
            )
        if "/" in name:
            raise UserError(f"data.columns has the name {name!r}, and Keras takes no /: rename it in the file.")
        if kind not in KINDS:
            raise UserError(
                f"data.columns.{name} must be one of {', '.join(KINDS)}, got {_shown(kind)}."
                f"{did_you_mean(str(kind), KINDS)}"
            )
    return label, columns


def _shown(value: Any) -> str:
    return "null" if value is None else repr(value)
