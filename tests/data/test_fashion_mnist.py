import functools
import gzip
import hashlib
import http.server
import shutil
import socket
import threading
from pathlib import Path

import numpy as np
import pytest

from experiments.data import fashion_mnist as source
from experiments.data.fashion_mnist import fashion_mnist
from experiments.errors import UserError

NAMES = tuple(source.FILES)
TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = NAMES
PIXELS = {
    TRAIN_IMAGES: np.random.default_rng(0).integers(0, 256, (6, 28, 28, 1), dtype=np.uint8),
    TEST_IMAGES: np.random.default_rng(1).integers(0, 256, (3, 28, 28, 1), dtype=np.uint8),
}
LABELS = {TRAIN_LABELS: np.uint8([0, 1, 2, 3, 4, 9]), TEST_LABELS: np.uint8([9, 0, 5])}


@pytest.fixture
def places(monkeypatch, tmp_path) -> dict[str, Path]:
    """Every place where the files may lie, all of them empty, and ``original`` with four tiny real IDX files."""
    folders = {
        name: tmp_path / name for name in ("original", "path", "download", "keras/datasets/fashion-mnist", "debian")
    }
    folders["keras"] = folders.pop("keras/datasets/fashion-mnist")
    original = folders["original"]
    original.mkdir()
    for name, images in PIXELS.items():
        header = np.array([2051, len(images), 28, 28], ">i4").tobytes()
        (original / name).write_bytes(gzip.compress(header + images.tobytes()))
    for name, labels in LABELS.items():
        (original / name).write_bytes(gzip.compress(np.array([2049, len(labels)], ">i4").tobytes() + labels.tobytes()))
    digests = {name: hashlib.sha256((original / name).read_bytes()).hexdigest() for name in NAMES}
    with socket.create_server(("127.0.0.1", 0)) as closed_at_once:
        monkeypatch.setattr(source, "URL", f"http://127.0.0.1:{closed_at_once.getsockname()[1]}/")
    monkeypatch.setattr(source, "FILES", digests)
    monkeypatch.setattr(source, "DEBIAN_FOLDER", folders["debian"])
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return folders


@pytest.fixture
def site(monkeypatch, tmp_path, places) -> Path:
    """The folder of a real web server, where the files would be downloaded from."""
    folder = tmp_path / "site"
    folder.mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setattr(source, "URL", f"http://127.0.0.1:{server.server_port}/")
        yield folder
        server.shutdown()
        thread.join()


def put(original: Path, folder: Path, *names: str, altered: str = "") -> None:
    """Copy files, all of them unless some are named, one of them altered."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or NAMES:
        shutil.copy(original / name, folder)
    if altered:
        (folder / altered).write_bytes((folder / altered).read_bytes()[:-1])


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}


def test_images_and_labels_come_out_as_they_are_in_the_files(places):
    data = fashion_mnist(path=str(places["original"]), download_folder=str(places["download"]))

    np.testing.assert_array_equal(data.train_inputs, PIXELS[TRAIN_IMAGES], strict=True)
    np.testing.assert_array_equal(data.test_inputs, PIXELS[TEST_IMAGES], strict=True)
    np.testing.assert_array_equal(data.train_labels, LABELS[TRAIN_LABELS], strict=True)
    np.testing.assert_array_equal(data.test_labels, LABELS[TEST_LABELS], strict=True)
    assert data.origin == str(places["original"])


@pytest.mark.parametrize(
    ("present", "used"),
    [
        (("path", "download", "keras", "debian"), "path"),
        (("download", "keras", "debian"), "download"),
        (("keras", "debian"), "keras"),
        (("debian",), "debian"),
    ],
)
def test_the_first_place_that_has_the_files_is_used_and_nothing_is_downloaded(places, present, used):
    for name in present:
        put(places["original"], places[name])

    data = fashion_mnist(
        path=str(places["path"]) if "path" in present else None, download_folder=str(places["download"])
    )

    assert data.origin == str(places[used])
    assert places["download"].exists() == ("download" in present)


def test_files_that_are_nowhere_are_downloaded_once(places, site):
    put(places["original"], site)

    data = fashion_mnist(download_folder=str(places["download"]), timeout=5)

    assert data.origin == str(places["download"])
    assert sorted(file.name for file in places["download"].iterdir()) == sorted(NAMES)
    for file in site.iterdir():
        file.unlink()  # whoever asks again gets a 404
    assert fashion_mnist(download_folder=str(places["download"]), timeout=5).origin == str(places["download"])


@pytest.mark.parametrize("altered", ["", TEST_LABELS])
def test_only_what_is_missing_or_altered_in_the_download_folder_is_downloaded(places, site, altered):
    put(places["original"], places["download"], TRAIN_IMAGES, TRAIN_LABELS, TEST_LABELS, altered=altered)
    put(places["original"], site, TEST_IMAGES, *([altered] if altered else []))  # the others would be a 404

    data = fashion_mnist(download_folder=str(places["download"]), timeout=5)

    assert data.origin == str(places["download"])
    np.testing.assert_array_equal(data.test_labels, LABELS[TEST_LABELS])


@pytest.mark.parametrize("altered", NAMES)
@pytest.mark.parametrize("instead", ["debian", "download"])
def test_an_altered_file_in_keras_cache_is_passed_over_and_left_alone(places, site, altered, instead):
    put(places["original"], places["keras"], altered=altered)
    put(places["original"], places["debian"] if instead == "debian" else site)
    before = contents(places["keras"])

    data = fashion_mnist(download_folder=str(places["download"]), timeout=5)

    assert data.origin == str(places[instead])
    assert contents(places["keras"]) == before


def test_keras_cache_in_the_home_folder_is_found(monkeypatch, places, tmp_path):
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    cache = tmp_path / "home" / ".keras" / "datasets" / "fashion-mnist"
    put(places["original"], cache)

    assert fashion_mnist(download_folder=str(places["download"])).origin == str(cache)


def test_the_given_path_may_begin_with_a_tilde(monkeypatch, places, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))

    data = fashion_mnist(path="~/original", download_folder=str(places["download"]))

    assert data.origin == str(places["original"])


@pytest.mark.parametrize(
    ("names", "altered", "complaint"),
    [
        ((TRAIN_LABELS,), "", f"{TRAIN_IMAGES} is missing"),
        (NAMES[:3], "", f"{TEST_LABELS} is missing"),
        (NAMES, TEST_IMAGES, f"{TEST_IMAGES} is truncated or altered"),
    ],
)
def test_a_given_path_without_the_right_files_is_refused_though_they_are_elsewhere(places, names, altered, complaint):
    put(places["original"], places["path"], *names, altered=altered)
    put(places["original"], places["download"])

    with pytest.raises(UserError) as refusal:
        fashion_mnist(path=str(places["path"]), download_folder=str(places["download"]))

    assert complaint in str(refusal.value)
    assert "data.path must be a folder with the unaltered files" in str(refusal.value)


@pytest.mark.parametrize(
    ("online", "reason"),
    [("nothing", "404"), ("altered", "expected"), ("no server", "refused")],
)
def test_when_nothing_works_one_error_says_what_was_tried_and_what_to_do(request, monkeypatch, places, online, reason):
    if online != "no server":
        site = request.getfixturevalue("site")
        if online == "altered":
            put(places["original"], site, altered=TRAIN_IMAGES)

    with pytest.raises(UserError) as refusal:
        fashion_mnist(download_folder=str(places["download"]), timeout=5)

    message = str(refusal.value)
    tried = [source.URL, str(places["download"]), str(places["keras"]), str(places["debian"])]
    cures = [*NAMES, "dataset-fashion-mnist", "data=mnist"]
    assert [part for part in (reason, *tried, *cures) if part not in message] == []
    assert not list(places["download"].iterdir())


def test_a_server_that_does_not_answer_is_given_up_after_the_timeout(monkeypatch, places):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(source, "URL", f"http://127.0.0.1:{silent.getsockname()[1]}/")

        with pytest.raises(UserError, match=r"could not be downloaded .* \(.*timed out"):
            fashion_mnist(download_folder=str(places["download"]), timeout=0.3)
