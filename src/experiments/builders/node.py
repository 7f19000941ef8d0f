"""One node of the config as an object; the only caller of Hydra's ``instantiate`` for runs."""

from collections.abc import Mapping
from typing import Any

from hydra.errors import InstantiationException
from hydra.utils import instantiate

from experiments.config.targets import NOT_ARGUMENTS, check_target, targets
from experiments.errors import UserError, one_line, refused_layers

Config = Mapping[str, Any]


def build_node(key: str, node: Config, **more: Any) -> Any:
    """Build what a node describes, after holding its arguments against the target's signature.

    Args:
        key: dotted key of the node, for messages.
        node: a mapping with ``_target_``.
        **more: arguments that the config leaves to the caller.

    Raises:
        UserError: there is no such target, or it refuses its arguments.
    """
    for name, inner in targets(node, key):
        check_target(name, inner)
    left_out = NOT_ARGUMENTS.get(key, set()) | set(more)
    arguments = {name: value for name, value in node.items() if name not in left_out}
    try:
        return instantiate(arguments, _convert_="all", **more)
    except InstantiationException as error:
        if isinstance(error.__cause__, UserError):
            raise error.__cause__ from None
        _, is_within, part = str(error).rpartition("\nfull_key: ")
        where = f"{key}.{part}" if is_within else key
        raise refused_layers(f"{where}: {one_line(error.__cause__ or error)}") from error
