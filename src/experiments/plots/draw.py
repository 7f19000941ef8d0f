"""Draw the pictures of a run into its folder and into TensorBoard."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.plots.figure import save_png
from experiments.types import RunResult

Picture = Callable[[RunResult], Any]
"""Returns a ``matplotlib`` figure, or ``None`` where there is nothing to draw."""


def draw_run(result: RunResult, pictures: Mapping[str, Picture]) -> Path:
    """Write each picture as ``plots/NAME.png``, and into TensorBoard where the run has logs for it.

    Returns:
        The folder ``plots`` of the run.
    """
    folder = result.record.folder / "plots"
    folder.mkdir(exist_ok=True)
    figures = {name: picture(result) for name, picture in pictures.items()}
    files = [save_png(figure, folder / f"{name}.png") for name, figure in figures.items() if figure is not None]
    logs = result.record.folder / "tensorboard"
    if logs.is_dir():
        show_in_tensorboard(files, logs / "pictures", step=result.best_epoch)
    return folder


def show_in_tensorboard(files: Sequence[Path], logs: Path, *, step: int, name: str = "") -> None:
    """Write PNG files into TensorBoard's event files.

    Args:
        files: the pictures.
        logs: folder of the event files.
        step: epoch at which they are shown.
        name: under which they are shown; empty for that of each file.
    """
    import tensorflow as tf

    with tf.summary.create_file_writer(str(logs)).as_default():
        for file in files:
            tf.summary.image(name or file.stem, tf.io.decode_png(file.read_bytes())[tf.newaxis], step=step)
