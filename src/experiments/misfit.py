"""What Keras says of weights that do not fit a model, in one line. Standard library only."""

import re

_MISFITS = (
    r"\(named (?P<layer>.+?)\)\s*for weight (?P<weight>\S+)\. Weight expects shape (?P<model>\(.*?\))\. "
    r"Received saved weight with shape (?P<file>\(.*?\))",  # of earlier Keras' .h5 files
    r"object <\w+ name=(?P<layer>[^,]+),.*?variable\.shape=(?P<model>\(.*?\)), Received: "
    r"value\.shape=(?P<file>\(.*?\))\. Target variable: <\w+ path=(?P<weight>[^,]+),",
)


def misfit(error: Exception) -> str:
    """Return what Keras says of weights that do not fit, in one line: the layer, the weight and both shapes."""
    for pattern in _MISFITS:
        if found := re.search(pattern, str(error), re.DOTALL):
            weight = found["weight"].rpartition("/")[2]
            return f"{weight} of layer {found['layer']} has shape {found['model']}, in the file {found['file']}"
    if found := re.search(r"expected (\d+) layers, found (\d+)", str(error)):
        return f"it has {found[1]} layers with weights, the file {found[2]}"
    if found := re.search(r"Layer '(.+?)' expected (\d+) variables, but received (\d+)", str(error)):
        return f"layer {found[1]} has {found[2]} weights, in the file {found[3]}"
    return str(error).partition("\n")[0].rstrip(".")
