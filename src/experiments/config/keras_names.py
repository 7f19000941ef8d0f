"""Names by which Keras knows activations, initializers, regularizers and constraints, held here to do without it."""

import re
from collections.abc import Mapping
from typing import Any

from experiments.config.targets import targets
from experiments.errors import UserError, did_you_mean

_ACTIVATIONS = (
    "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear "
    "log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus "
    "sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold"
)
_INITIALIZERS = (
    "GlorotNormal GlorotUniform HeNormal HeUniform Identity LecunNormal LecunUniform Ones Orthogonal "
    "RandomNormal RandomUniform TruncatedNormal VarianceScaling Zeros normal one uniform zero"
)
NAMES: dict[str, tuple[str, ...]] = {
    "activation": tuple(_ACTIVATIONS.split()),
    "initializer": tuple(_INITIALIZERS.split()),
    "regularizer": ("L1", "L1L2", "L2", "OrthogonalRegularizer", "l1l2"),
    "constraint": ("MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"),
}
"""By kind; Keras takes the names of classes in snake case too."""

_OF_KERAS = ("keras.layers.", "experiments.models.")


def check_keras_names(model: Mapping[str, Any]) -> None:
    """Raise ``UserError`` for the first activation, initializer, regularizer or constraint that Keras has not.

    Only arguments of Keras' layers and of our models are looked at; what a model of one's own takes is its affair.

    Args:
        model: node of a resolved config.
    """
    for key, node in targets(model, "model"):
        if not str(node["_target_"]).startswith(_OF_KERAS):
            continue
        for name, value in node.items():
            kind = name.rpartition("_")[2]
            if kind in NAMES and isinstance(value, str) and ">" not in value:  # PACKAGE>NAME is one of your own
                _check_name(f"{key}.{name}", value, kind)


def _check_name(key: str, value: str, kind: str) -> None:
    known = {*NAMES[kind], *map(_snake_case, NAMES[kind])}
    if value not in known:
        hint = did_you_mean(value, known) or f" Known: {', '.join(sorted(set(map(_snake_case, NAMES[kind]))))}."
        raise UserError(f"{key}: there is no {kind} {value!r}.{hint}")


def _snake_case(name: str) -> str:
    """Return a class's name as Keras writes it in lower case.

    Example:
        >>> _snake_case("MinMaxNorm"), _snake_case("L1L2")
        ('min_max_norm', 'l1l2')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
