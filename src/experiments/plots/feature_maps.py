"""What the layers of a convolutional network make of an image, and the kernels of its first convolution."""

from typing import Any

import numpy as np

from experiments.plots.as_written import as_written
from experiments.plots.figure import new_figure, put_title
from experiments.plots.look import Look
from experiments.types import Array

_COLUMNS = 8  # feature maps of a layer
_MOST_KERNELS = 32
_FLATTEST = 0.3  # height of a row by its width


@as_written()
def feature_maps(model: Any, image: Array, *, title: str, layers: int = 4) -> Any:
    """Draw the image and the first eight feature maps of each convolution and pooling.

    Args:
        model: a ``keras.Model`` from raw images; a subclassed one was called once, and calls layers and ``keras.ops``.
        image: one raw image, shape ``(height, width, channels)``.
        title: over the figure.
        layers: how many of the layers that put out feature maps are drawn, from the first on.

    Returns:
        A ``matplotlib.figure.Figure``, or ``None`` for a model without such layers.
    """
    import keras

    if getattr(model, "outputs", None) is None:
        model = keras.Model(model.input, model.call(model.input))  # whose layers know what they put out
    kinds = (keras.layers.Conv2D, keras.layers.MaxPooling2D, keras.layers.AveragePooling2D)
    chosen = [layer for layer in model.layers if isinstance(layer, kinds)][:layers]
    if not chosen:
        return None
    outputs = keras.Model(model.inputs, [layer.output for layer in chosen]).predict(image[np.newaxis], verbose=0)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    height = 1.3 * min(max(image.shape[0] / image.shape[1], _FLATTEST), 2.0) + 0.3
    figure = new_figure(1.4 * (_COLUMNS + 1), height * len(chosen) + 0.6)
    grid = figure.subplots(len(chosen), _COLUMNS + 1, squeeze=False)
    for axes in grid.ravel():
        axes.set_axis_off()
    look = Look.of(image[np.newaxis])
    look.show(grid[0, 0], image)
    grid[0, 0].set_title("input", fontsize=8)
    for row, (layer, output) in enumerate(zip(chosen, outputs, strict=True)):
        height, width, channels = output.shape[1:]
        for column in range(min(channels, _COLUMNS)):
            grid[row, column + 1].imshow(output[0, :, :, column].astype(np.float32), cmap="viridis")  # from bfloat16
        grid[row, 1].set_title(f"{layer.name}: {channels} maps of {height} x {width}", fontsize=8, loc="left")
    put_title(figure, f"{title}: each map on a scale of its own", look.caption and f"input: {look.caption}")
    return figure


@as_written()
def kernels(model: Any, *, title: str) -> Any:
    """Draw the kernels of the first convolution, averaged over the channels that they read.

    Args:
        model: a ``keras.Model``.
        title: over the figure.

    Returns:
        A ``matplotlib.figure.Figure``, or ``None`` for a model without a convolution.
    """
    import keras

    first = next((layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)), None)
    if first is None:
        return None
    kernel, bias = first.get_weights() if first.use_bias else (*first.get_weights(), np.array([]))
    shown = min(kernel.shape[-1], _MOST_KERNELS)
    rows = -(-shown // _COLUMNS)
    figure = new_figure(1.2 * _COLUMNS + 1, 1.2 * rows + 0.8)
    grid = figure.subplots(rows, _COLUMNS, squeeze=False)
    limit = float(np.abs(kernel.mean(axis=2)).max())
    for axes in grid.ravel():
        axes.set_axis_off()
    for number, axes in enumerate(grid.ravel()[:shown]):
        image = axes.imshow(kernel[:, :, :, number].mean(axis=2), cmap="coolwarm", vmin=-limit, vmax=limit)
    read = kernel.shape[2]
    label = "weight" if read == 1 else f"mean weight\nover {read} input channels"
    figure.colorbar(image, ax=grid, label=label, shrink=0.8)
    put_title(figure, f"{title}: {first.name}, kernel {kernel.shape}, bias {bias.shape}")
    return figure
