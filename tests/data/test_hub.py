import functools
import http.server
import io
import socket
import tarfile
import threading

import pytest

from experiments.data.hub import hub_folder
from experiments.errors import UserError


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """The address of a real web server with two archives on it, and the requests that it was sent."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    site, requests = tmp_path / "site", []
    for name, member in (("google/nnlm/2", "saved_model.pb"), ("google/tf1/1", "other.pb")):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(site / name, "w:gz") as content:
            about = tarfile.TarInfo(f"./{member}")
            about.size = 5
            content.addfile(about, io.BytesIO(b"graph"))
    (site / "page").write_text("<html>no archive</html>")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_request(self, *_):
            requests.append(self.path)

    handler = functools.partial(Handler, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", requests
        server.shutdown()
        thread.join()


def test_a_handle_is_downloaded_once_and_unpacked(hub, tmp_path):
    address, requests = hub

    folders = [hub_folder(f"{address}/google/nnlm/2{end}", download_folder=str(tmp_path), key="k") for end in ("", "/")]

    assert folders[0] == folders[1]
    assert folders[0].parent == tmp_path / "hub"
    assert folders[0].name.startswith("google_nnlm_2-")
    assert (folders[0] / "saved_model.pb").read_text() == "graph"
    assert requests == ["/google/nnlm/2?tf-hub-format=compressed"]


@pytest.mark.parametrize(
    ("path", "fragment"),
    [
        ("google/tf1/1", "holds no saved_model.pb"),
        ("page", "cannot be unpacked"),
        ("nothing", "could not be downloaded (HTTP Error 404"),
    ],
)
def test_what_is_no_saved_model_is_refused_and_leaves_no_folder(hub, tmp_path, path, fragment):
    with pytest.raises(UserError) as refusal:
        hub_folder(f"{hub[0]}/{path}", download_folder=str(tmp_path), key="model.vectors")

    assert fragment in str(refusal.value)
    assert not [item for item in (tmp_path / "hub").iterdir() if item.is_dir()]


def test_another_run_may_have_unpacked_it_meanwhile(hub, tmp_path, monkeypatch):
    opened = tarfile.open

    def open_late(archive):
        folder = archive.with_name(archive.name.removesuffix(".tar.gz"))
        folder.mkdir()
        (folder / "saved_model.pb").write_text("by the other run")
        return opened(archive)

    monkeypatch.setattr(tarfile, "open", open_late)

    folder = hub_folder(f"{hub[0]}/google/nnlm/2", download_folder=str(tmp_path), key="k")

    assert (folder / "saved_model.pb").read_text() == "by the other run"


def test_without_a_network_the_cure_says_what_to_put_where(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        handle = f"http://127.0.0.1:{listening.getsockname()[1]}/nnlm/2"

    with pytest.raises(UserError) as refusal:
        hub_folder(handle, download_folder=str(tmp_path), key="model.vectors")

    said = str(refusal.value)
    assert f"Put what {handle}?tf-hub-format=compressed gives there as {tmp_path}/hub/nnlm_2-" in said
    assert "model.vectors=FOLDER" in said
