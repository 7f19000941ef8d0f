"""Where things lie: in a checkout beside each other, in an installed package inside it. Standard library only."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = PACKAGE.parents[1]
IS_CHECKOUT = (_CHECKOUT / "conf" / "train.yaml").is_file()

ROOT = _CHECKOUT if IS_CHECKOUT else Path.cwd()
CONF = _CHECKOUT / "conf" if IS_CHECKOUT else PACKAGE / "conf"
DATA_FILES = PACKAGE / "data"


def shown(path: str | Path) -> str:
    """Return the path as short as it can be typed from the working directory.

    Example:
        >>> shown(Path.cwd() / "mlruns")
        'mlruns'
    """
    path = Path(path)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
