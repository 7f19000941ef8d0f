"""Your own arrays from an ``.npz`` file, or from a folder of ``.npy`` files."""

from pathlib import Path

from experiments.data.array_file import ArrayFile, array_file, arrays_in
from experiments.data.memory import InMemory, is_held
from experiments.data.own_examples import Part, own_examples
from experiments.data.usable import check_numbers
from experiments.errors import UserError, did_you_mean
from experiments.stored import StoredInputs
from experiments.types import Array, RawData, Target


def npz(
    *,
    path: str | None = None,
    target: Target,
    kind: str,
    train_inputs: str = "x_train",
    train_labels: str = "y_train",
    test_inputs: str | None = "x_test",
    test_labels: str | None = "y_test",
    test_split: float = 0.2,
    in_memory: InMemory = "auto",
) -> RawData:
    """Load examples and labels from arrays in files.

    Args:
        path: of an ``.npz`` file, or of a folder with a file ``NAME.npy`` for each array.
        target: ``classes`` for labels that count from 0, ``number`` for any.
        kind: with ``image``, inputs of shape ``(n, height, width)`` get a channel.
        train_inputs: name of the training examples' array, shape ``(n, …)``.
        train_labels: name of their labels, shape ``(n,)`` or ``(n, 1)``.
        test_inputs: name of the test examples; ``None`` to hold some of the training examples out.
        test_labels: name of their labels.
        test_split: share held out where there is no test array, in (0, 1); stratified for classes.
        in_memory: ``True`` holds the examples, ``False`` reads rows from the file whenever they are wanted;
            ``"auto"`` (default) holds them if they take less than a third of the memory that is available.

    Raises:
        UserError: the file is missing, is no ``.npz`` file, lacks an array, is compressed and not to be held, or
            holds what cannot be learnt from.
    """
    file = Path(path or "").expanduser()
    if not path or not (file.is_file() or file.is_dir()):
        raise UserError(f"data.path must name an .npz file or a folder of .npy files, got {path or 'null'}.")
    names = [(train_inputs, train_labels)]
    if test_inputs and test_labels:
        names.append((test_inputs, test_labels))
    found = {name: _find(file, name, is_test=number > 0) for number, pair in enumerate(names) for name in pair}
    for name, array in found.items():
        check_numbers(name, array)
    hold = is_held(in_memory, sum(found[name].nbytes for name, _ in names), origin=str(file))
    train, *tests = [
        Part(name=of, inputs=_inputs(found[of], hold=hold), labels_name=labels, labels=found[labels].load())
        for of, labels in names
    ]
    return own_examples(
        train,
        tests[0] if tests else None,
        kind=kind,
        target=target,
        test_split=test_split,
        origin=str(path),
    )


def _find(file: Path, name: str, *, is_test: bool) -> ArrayFile:
    there = arrays_in(file)
    if name not in there:
        knob = f"data.source.{'test' if is_test else 'train'}_inputs"
        cure = f", or hold some of the training examples out: {knob}=null" if is_test else ""
        raise UserError(
            f"{file} has no array {name!r}.{did_you_mean(name, there)} It has {', '.join(there) or 'none'}. Name the "
            f"right one, {knob}=… and likewise the labels{cure}."
        )
    return array_file(file, name)


def _inputs(array: ArrayFile, *, hold: bool) -> Array | StoredInputs:
    if hold:
        return array.load()
    if array.offset is None:
        raise UserError(
            f"{array.path} is compressed, so that its examples can be read only all at once. Hold them, "
            "data.in_memory=true, or write them with numpy.savez or as a folder of .npy files."
        )
    return StoredInputs.all_of(array)
