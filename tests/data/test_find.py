import functools
import hashlib
import http.server
import re
import shutil
import socket
import threading
from pathlib import Path

import pytest

from experiments.data.find import OFFLINE, Published
from experiments.errors import UserError
from experiments.paths import CONF

NAMES = ONE, TWO, THREE = ("one.npz", "two.gz", "three.json")
Places = dict[str, Path]


def published(places: Places, url: str = "", **changes: object) -> Published:
    """The three files as a data set that lies, or does not lie, in some of the places."""
    return Published(
        title="Three files",
        files={name: (hashlib.sha256(name.encode() * 1000).hexdigest(),) for name in NAMES},
        keras_folder="three",
        further={places["debian"]: "install the package three-files"},
        url=url or "http://127.0.0.1:1/",  # where nobody listens
        **changes,
    )


def found(places: Places, *, path: str | None = None, url: str = "") -> Path:
    return published(places, url).folder(path, download_folder=str(places["download"]), timeout=5)


@pytest.fixture
def places(monkeypatch, tmp_path) -> Places:
    """Every place where the files may lie, all of them empty, and ``original`` that has them."""
    folders = {name: tmp_path / name for name in ("original", "path", "download", "debian")}
    folders["keras"] = tmp_path / "keras" / "datasets" / "three"
    folders["original"].mkdir()
    for name in NAMES:
        (folders["original"] / name).write_bytes(name.encode() * 1000)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return folders


@pytest.fixture
def site(tmp_path) -> tuple[Path, str]:
    """The folder of a real web server, where the files would be downloaded from, and its address."""
    folder = tmp_path / "site"
    folder.mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}/"
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

    assert found(places, path=str(places["path"]) if "path" in present else None) == places[used]
    assert places["download"].exists() == ("download" in present)


def test_files_that_are_nowhere_are_downloaded_once(places, site):
    folder, url = site
    put(places["original"], folder)

    assert found(places, url=url) == places["download"]
    assert contents(places["download"]).keys() == set(NAMES)
    for file in folder.iterdir():
        file.unlink()  # whoever asks again gets a 404
    assert found(places, url=url) == places["download"]


def test_only_what_is_missing_in_the_download_folder_is_downloaded(places, site):
    folder, url = site
    put(places["original"], places["download"], ONE, TWO)
    put(places["original"], folder, THREE)  # the others would be a 404

    assert found(places, url=url) == places["download"]
    assert (places["download"] / TWO).read_bytes() == (places["original"] / TWO).read_bytes()


def test_an_altered_file_in_the_download_folder_is_named_with_its_digest_and_never_overwritten(places, site):
    folder, url = site
    put(places["original"], places["download"], ONE, TWO, altered=TWO)
    put(places["original"], folder)
    before = contents(places["download"])

    with pytest.raises(UserError) as refusal:
        found(places, url=url)

    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in (places["download"] / TWO, folder / TWO)]
    assert f"{places['download'] / TWO} has SHA-256 {digests[0]}, expected SHA-256 {digests[1]}" in str(refusal.value)
    assert "Move the file away to have it downloaded" in str(refusal.value)
    assert contents(places["download"]) == before


@pytest.mark.parametrize("altered", NAMES)
@pytest.mark.parametrize("instead", ["debian", "download"])
def test_an_altered_file_in_keras_cache_is_passed_over_and_left_alone(places, site, altered, instead):
    folder, url = site
    put(places["original"], places["keras"], altered=altered)
    put(places["original"], places["debian"] if instead == "debian" else folder)
    before = contents(places["keras"])

    assert found(places, url=url) == places[instead]
    assert contents(places["keras"]) == before


def test_keras_cache_in_the_home_folder_is_found(monkeypatch, places, tmp_path):
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    cache = tmp_path / "home" / ".keras" / "datasets" / "three"
    put(places["original"], cache)

    assert found(places) == cache


def test_the_given_path_may_begin_with_a_tilde(monkeypatch, places, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))

    assert found(places, path="~/original") == places["original"]


@pytest.mark.parametrize("form", ["file", "folder"])
@pytest.mark.parametrize("digests", [("0" * 64, "{right}"), ("{right}", "0" * 64)])
def test_one_file_may_be_named_itself_and_have_several_right_digests(places, form, digests):
    file = places["original"] / ONE
    right = hashlib.sha256(file.read_bytes()).hexdigest()
    single = Published(title="One", files={ONE: tuple(digest.format(right=right) for digest in digests)})

    folder = single.folder(str(file if form == "file" else file.parent), download_folder="unused", timeout=1)

    assert folder == places["original"]


@pytest.mark.parametrize(
    ("names", "altered", "complaint"),
    [
        ((TWO,), "", f"{ONE} is missing"),
        (NAMES[:2], "", f"{THREE} is missing"),
        (NAMES, TWO, f"{TWO} is truncated or altered"),
    ],
)
def test_a_given_path_without_the_right_files_is_refused_though_they_are_elsewhere(places, names, altered, complaint):
    put(places["original"], places["path"], *names, altered=altered)
    put(places["original"], places["download"])

    with pytest.raises(UserError) as refusal:
        found(places, path=str(places["path"]))

    assert complaint in str(refusal.value)
    assert "data.path must be a folder with the unaltered one.npz, two.gz, three.json" in str(refusal.value)


@pytest.mark.parametrize(
    ("online", "reason"),
    [("nothing", "404"), ("altered", "expected"), ("no server", "refused")],
)
def test_when_nothing_works_one_error_says_what_was_tried_and_what_to_do(request, places, online, reason):
    url = "http://127.0.0.1:1/"
    if online != "no server":
        folder, url = request.getfixturevalue("site")
        if online == "altered":
            put(places["original"], folder, altered=ONE)

    put(places["original"], places["keras"], TWO, altered=TWO)

    with pytest.raises(UserError) as refusal:
        found(places, url=url)

    message = str(refusal.value)
    assert f"Not used: {places['keras'] / TWO} has SHA-256" in message
    digests = [digest for digests in published(places).files.values() for digest in digests]
    tried = [url, str(places["download"]), str(places["keras"]), str(places["debian"])]
    cures = [*NAMES, *digests, "data.path=FOLDER", "install the package three-files", "data=mnist"]
    assert [part for part in (reason, *tried, *cures) if part not in message] == []
    assert not list(places["download"].iterdir())


def test_a_server_that_keeps_silent_is_given_up_in_time(places):
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(UserError, match="timed out"):
        published(places, f"http://127.0.0.1:{silent.getsockname()[1]}/").folder(
            None, download_folder=str(places["download"]), timeout=0.3
        )


def test_all_data_sets_that_need_no_network_are_named():
    texts = {file.stem: file.read_text() for file in (CONF / "data").glob("*.yaml")}
    own = {name for name, text in texts.items() if re.search(r"data\.(path|train)=", text.partition("\n")[0])}
    downloaded = {name for name, text in texts.items() if "download_folder" in text}

    assert set(re.findall(r"\w+", OFFLINE)) & texts.keys() == texts.keys() - own - downloaded
