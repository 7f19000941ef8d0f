"""Environments of their own for the stacks that cannot live beside ours."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_TRAINING = ["tensorflow", "keras", "numpy", "scikit-learn", "omegaconf", "pandas", "matplotlib", "tensorboard", "tqdm"]
WANTED = {  # environment: packages beside those that our training needs
    "official": [
        "hydra-core==1.3.8",
        "hydra-optuna-sweeper==1.3.0",
        "hydra-joblib-launcher==1.2.0",
        "optuna==2.10.1",
    ],
    "keras_tuner": ["hydra-core==1.3.8", "keras-tuner==1.4.8"],
}
_FREE = {"optuna", "hydra-core"}  # packages whose version here is not that of constraints.txt


def python_of(name: str, folder: Path) -> Path:
    """Return the Python of an environment, which is made where it is missing (minutes, about 2 GB)."""
    place = folder / name
    python, stamp = place / "bin" / "python", place / "installed"
    if not stamp.is_file():
        print(f"making the environment {place}", file=sys.stderr, flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        constraints = folder / f"{name}.txt"
        constraints.write_text("\n".join(_constraints()))
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--constraint", constraints, *_TRAINING, *WANTED[name]]
        subprocess.run(install, check=True)
        stamp.touch()
    return python


def _constraints() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return [line for line in lines if line.partition("==")[0].lower() not in _FREE]
