"""Draw the pictures of a run into its folder and into TensorBoard."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from experiments.plots.figure import save_png
from experiments.types import RunResult

Picture = Callable[[RunResult], Any]
"""Returns a ``matplotlib`` figure, or ``None`` where there is nothing to draw."""

_log = logging.getLogger("experiments")


def draw_run(result: RunResult, pictures: Mapping[str, Picture]) -> Path:
    """Write each picture as ``plots/NAME.png``, and into TensorBoard where the run has logs for it.

    One that fails is told and left out: what a run has learnt is worth more than its pictures.

    Returns:
        The folder ``plots`` of the run.
    """
    folder = result.record.folder / "plots"
    folder.mkdir(exist_ok=True)
    files = []
    for name, picture in pictures.items():
        with failure_is_told(f"plots/{name}.png"):
            if (figure := picture(result)) is not None:
                files.append(save_png(figure, folder / f"{name}.png"))
    logs = result.record.folder / "tensorboard"
    if logs.is_dir():
        import tensorflow as tf

        with (
            failure_is_told("TensorBoard's pictures"),
            closing(tf.summary.create_file_writer(str(logs / "pictures"))) as writer,
        ):
            show_in_tensorboard(files, writer, step=result.best_epoch)
    return folder


@contextmanager
def failure_is_told(picture: str) -> Iterator[None]:
    """Go on after the block where it raises an ``Exception``, with a warning that names the picture and the error.

    Example:
        >>> with failure_is_told("plots/maps.png"):
        ...     raise ValueError("no such layer")
    """
    try:
        yield
    except Exception as error:
        reason = " ".join(str(error).split())
        _log.warning("%s could not be drawn: %s: %s. Everything else goes on.", picture, type(error).__name__, reason)


def show_in_tensorboard(files: Sequence[Path], writer: Any, *, step: int, name: str = "") -> None:
    """Write PNG files into TensorBoard's event files.

    Args:
        files: the pictures.
        writer: ``tf.summary.SummaryWriter``, the same for all steps: TensorBoard reads the files of several in the
            order of their names, which is not always that of the steps.
        step: epoch at which they are shown.
        name: under which they are shown; empty for that of each file.
    """
    import tensorflow as tf

    with writer.as_default():
        for file in files:
            tf.summary.image(name or file.stem, tf.io.decode_png(file.read_bytes())[tf.newaxis], step=step)
    writer.flush()
