"""Small SavedModels of the form of TF Hub's text embeddings."""

from pathlib import Path

import tensorflow as tf

WORDS = ["good", "bad", "film"]


class TextEmbedding(tf.Module):
    """The sum of word vectors by a vocabulary that lies in a file, as nnlm-en-dim50 has it."""

    def __init__(self, vocabulary: Path, *, trainable: bool = True) -> None:
        super().__init__()
        vocabulary.write_text("".join(f"{word}\n" for word in WORDS))
        lines = tf.lookup.TextFileInitializer(
            str(vocabulary),
            tf.string,
            tf.lookup.TextFileIndex.WHOLE_LINE,
            tf.int64,
            tf.lookup.TextFileIndex.LINE_NUMBER,
        )
        self.table = tf.lookup.StaticVocabularyTable(lines, 1)
        vectors = [[1.0, 0.0], [-1.0, 0.0], [0.0, 2.0], [0.0, 0.0]]
        self.vectors = tf.Variable(vectors, trainable=trainable, name="embeddings")
        self.factor = tf.Variable(1.0, trainable=False, name="factor")

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def __call__(self, texts):
        words = tf.ragged.map_flat_values(self.table.lookup, tf.strings.split(tf.strings.lower(texts)))
        return tf.reduce_sum(tf.ragged.map_flat_values(lambda row: tf.gather(self.vectors, row), words), axis=1) * (
            self.factor
        )


class OnlyASignature(tf.Module):
    """A module that cannot be called itself."""

    def __init__(self, vocabulary: Path) -> None:
        super().__init__()
        self.inner = TextEmbedding(vocabulary)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="sentences")])
    def embed(self, sentences):
        return {"other": tf.ones([3]), "default": self.inner(sentences)}


class OfSomethingElse(tf.Module):
    """A module that gives a number for each text, of whole numbers."""

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def __call__(self, texts):
        return tf.strings.length(texts)


class OfNumbers(tf.Module):
    """A module that takes no texts."""

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def __call__(self, numbers):
        return numbers


def _write_of_tensorflow_1(folder: Path) -> None:
    """Write what TextEmbedding computes as a graph with a session, TensorFlow 1's form."""
    tf1 = tf.compat.v1
    with tf.Graph().as_default(), tf1.Session() as session:
        texts = tf1.placeholder(tf.string, [None])
        vectors = tf1.get_variable(
            "embeddings", initializer=[[1.0, 0.0], [-1.0, 0.0], [0.0, 2.0], [0.0, 0.0]], use_resource=True
        )
        factor = tf1.get_variable("factor", initializer=1.0, trainable=False, use_resource=True)
        lines = tf.lookup.KeyValueTensorInitializer(WORDS, list(range(len(WORDS))), tf.string, tf.int64)
        words = tf.strings.split(tf.strings.lower(texts))
        rows = tf.gather(vectors, tf.lookup.StaticHashTable(lines, len(WORDS)).lookup(words.flat_values))
        sums = tf.math.unsorted_segment_sum(rows, words.value_rowids(), tf.size(texts)) * factor
        session.run([tf1.global_variables_initializer(), tf1.tables_initializer()])
        tf1.saved_model.simple_save(
            session, str(folder), {"texts": texts}, {"default": sums}, legacy_init_op=tf1.tables_initializer()
        )


def write_module(folder: Path, *, kind: str = "callable") -> Path:
    """Write a SavedModel of a kind into a folder and return it; what it was made of is gone."""
    vocabulary = folder.with_name(f"{folder.name}_words.txt")
    if kind == "signature":
        module = OnlyASignature(vocabulary)
        tf.saved_model.save(module, str(folder), signatures={"default": module.embed})
    elif kind == "tensorflow_1":
        _write_of_tensorflow_1(folder)
    elif kind in ("callable", "not trainable"):
        tf.saved_model.save(TextEmbedding(vocabulary, trainable=kind == "callable"), str(folder))
    else:
        tf.saved_model.save(
            {"lengths": OfSomethingElse, "numbers": OfNumbers, "nothing": tf.Module}[kind](), str(folder)
        )
    vocabulary.unlink(missing_ok=True)
    return folder
