"""Texts as vectors by a TensorFlow SavedModel, such as the text embeddings of TF Hub."""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from experiments.errors import UserError

_SIGNATURES = ("serving_default", "default")
_TEXTS = ("one text", "another")


@keras.saving.register_keras_serializable("experiments")
class SavedModelEmbedding(keras.Layer):
    """Run a SavedModel that maps texts, shape ``(batch,)``, to vectors, shape ``(batch, dim)``.

    Its weights are Keras' own: they can be frozen, fine-tuned, kept and given back. A ``.keras`` file of a model with
    this layer holds the SavedModel itself, so that the folder is needed no more; import this module before loading it.

    Args:
        folder: of the SavedModel, which can be called or has a signature ``serving_default`` or ``default``;
            ``None`` for a layer whose state is to be loaded, which then needs the other two.
        dim: length of a vector; found in the SavedModel.
        variables: ``shape``, ``dtype`` and ``trainable`` of each variable; found in the SavedModel.
        trainable: let its variables learn. Default ``False``.
        **options: of every layer, such as ``name``.

    Raises:
        UserError: the folder is no SavedModel, or it maps texts to something else.

    Example:
    ```python
    embed = SavedModelEmbedding("nnlm-en-dim50", name="embedding")
    vectors = embed(keras.Input((), dtype="string"))  # shape (batch, 50)
    ```

    Source: https://www.tensorflow.org/hub/common_signatures/text; tensorflow_hub's own layer is for Keras 2.
    """

    def __init__(
        self,
        folder: str | Path | None = None,
        *,
        dim: int | None = None,
        variables: Sequence[Mapping[str, Any]] = (),
        trainable: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.dim, self.facts = dim, list(variables)
        self._copy: Any = None
        self._folder = Path(folder) if folder else None
        self._loaded: Any = None
        self._embed: Callable[[Any], Any] | None = None
        if self._folder:
            self._loaded = _loaded(self._folder)
            self._embed, found = _embedding(self._loaded, self._folder)
            self.dim = _dim(self._embed, self._folder)
            self.facts = [
                {"shape": list(one.shape), "dtype": one.dtype.name, "trainable": one.trainable} for one in found
            ]
            self.embedded = [_shared(one) for one in found]
        else:
            self.embedded = [keras.Variable("zeros", **fact) for fact in self.facts]
        self.trainable = trainable  # set last, so that it is passed on to the variables
        self.built = True

    def call(self, texts: Any) -> Any:
        """Return the vectors, shape ``(batch, dim)``."""
        if self._embed is None:
            raise RuntimeError(f"layer {self.name} has no SavedModel: load it from a .keras file, or name its folder")
        vectors = keras.ops.cast(self._embed(texts), self.compute_dtype)
        return vectors if self.trainable else keras.ops.stop_gradient(vectors)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the vectors, without running the SavedModel."""
        return (input_shape[0], self.dim)

    def get_config(self) -> dict[str, Any]:
        """Return what is known of the variables; the folder is not part of it."""
        return {**super().get_config(), "dim": self.dim, "variables": self.facts}

    def save_assets(self, folder: str) -> None:
        """Put the SavedModel into a ``.keras`` file, without the variables, which Keras keeps itself."""
        if self._folder is None:
            raise RuntimeError(f"layer {self.name} has no SavedModel that could be kept")
        left_out = () if _is_of_tensorflow_1(self._loaded) else ("variables",)
        shutil.copytree(self._folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*left_out))

    def load_assets(self, folder: str) -> None:
        """Take the SavedModel out of a ``.keras`` file, and let it work on the variables that Keras has loaded."""
        self._copy = tempfile.TemporaryDirectory(prefix="saved_model_")  # Keras removes its own at once
        self._folder = Path(shutil.copytree(folder, self._copy.name, dirs_exist_ok=True))
        has_variables = (self._folder / "variables").is_dir()
        self._loaded = tf.saved_model.load(
            str(self._folder), options=tf.saved_model.LoadOptions(experimental_skip_checkpoint=not has_variables)
        )
        self._embed, found = _embedding(self._loaded, self._folder)
        for kept, variable in zip(self.embedded, found, strict=True):
            variable.assign(kept.value)
            variable._unique_id = kept.value._unique_id  # by which an optimizer that is built already knows it
            kept._value = variable  # from now on the two are one


def _loaded(folder: Path) -> Any:
    try:
        return tf.saved_model.load(str(folder))
    except (OSError, ValueError, tf.errors.OpError) as error:
        raise UserError(f"{folder} cannot be loaded as a SavedModel: {str(error).partition(chr(10))[0]}") from error


def _embedding(loaded: Any, folder: Path) -> tuple[Callable[[Any], Any], list[Any]]:
    """Return the function from texts to what is put out, and the variables that it uses."""
    if callable(loaded):
        variables = getattr(loaded, "variables", None)
        if variables is None:  # not every callable object lists them
            used = [one for function in loaded.__call__.concrete_functions for one in function.variables]
            variables = list({id(one): one for one in used}.values())
        return loaded, list(variables)
    for name in _SIGNATURES:
        if name in loaded.signatures:
            return _by_signature(loaded.signatures[name]), list(loaded.signatures[name].variables)
    raise UserError(
        f"the SavedModel {folder} cannot be called on texts: it has no __call__ and none of the signatures "
        f"{', '.join(_SIGNATURES)}, but {', '.join(loaded.signatures) or 'none at all'}."
    )


def _by_signature(signature: Any) -> Callable[[Any], Any]:
    """Return the function of one argument that gives what a signature puts out under ``default``, else first."""
    argument = next(iter(signature.structured_input_signature[1]))

    def embed(texts: Any) -> Any:
        outputs = signature(**{argument: texts})
        return outputs["default"] if "default" in outputs else next(iter(outputs.values()))

    return embed


def _dim(embed: Callable[[Any], Any], folder: Path) -> int:
    """Try the SavedModel on two texts and return the length of their vectors."""
    wanted = "wanted: numbers of shape (batch, dim) for texts of shape (batch,)"
    try:
        vectors = tf.convert_to_tensor(embed(tf.constant(_TEXTS)))
    except (TypeError, ValueError, tf.errors.OpError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise UserError(f"the SavedModel {folder} does not take texts ({reason}); {wanted}.") from error
    if vectors.shape.rank != 2 or len(vectors) != len(_TEXTS) or not vectors.dtype.is_floating:
        raise UserError(
            f"the SavedModel {folder} maps {len(_TEXTS)} texts to {vectors.dtype.name} of shape "
            f"{tuple(vectors.shape)}; {wanted}."
        )
    return int(vectors.shape[-1])


def _shared(variable: Any) -> keras.Variable:
    """Return a Keras variable that is the SavedModel's own."""
    return keras.Variable(
        variable, shape=tuple(variable.shape), dtype=variable.dtype.name, trainable=variable.trainable
    )


def _is_of_tensorflow_1(loaded: Any) -> bool:
    return hasattr(loaded, "prune")  # its variables can only be made from its checkpoint
