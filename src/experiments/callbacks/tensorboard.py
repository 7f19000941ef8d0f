"""Keras' TensorBoard with the learning rate that the other records have."""

import keras


class TensorBoard(keras.callbacks.TensorBoard):
    """Write the epoch's ``learning_rate`` where the logs have one, as ``LearningRate`` sees to.

    Keras' own writes the rate of the step that comes next, which is another one under a schedule. The arguments are
    those of ``keras.callbacks.TensorBoard``.

    Example:
    ```python
    model.fit(x, y, callbacks=[LearningRate(), TensorBoard(log_dir="logs")])
    ```
    """

    def _collect_learning_rate(self, logs: dict[str, float]) -> dict[str, float]:
        return logs if "learning_rate" in logs else super()._collect_learning_rate(logs)
