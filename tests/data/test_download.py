import contextlib
import functools
import hashlib
import http.server
import socket
import threading

import pytest

from experiments.data.download import download

CONTENT = bytes(range(256)) * 1000  # several chunks
DIGEST = hashlib.sha256(CONTENT).hexdigest()
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 256000\r\n\r\n" + CONTENT
HALF = WHOLE[:128_000]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def site(tmp_path):
    """The address of a real web server with the file on it."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "data.gz").write_bytes(CONTENT)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path / "site")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def bad_server():
    """A function that starts a server with one raw answer, after which it hangs up or sends the rest far too late."""
    finished = threading.Event()
    threads = []

    def start(answer: bytes, *, hang_up: bool) -> str:
        listening = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            with listening, listening.accept()[0] as connection, contextlib.suppress(OSError):
                connection.recv(65536)
                connection.sendall(answer)
                if not hang_up:
                    finished.wait(5)
                    connection.sendall(WHOLE.removeprefix(answer))

        threads.append(threading.Thread(target=serve, daemon=True))
        threads[-1].start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}/data.gz"

    yield start
    finished.set()
    for thread in threads:
        thread.join(5)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def test_a_file_arrives_whole_in_a_folder_that_was_not_there_and_shows_its_progress(site, tmp_path, capsys):
    path = tmp_path / "new" / "folder" / "data.gz"

    download(f"{site}/data.gz", path, digest=DIGEST, timeout=5)

    assert path.read_bytes() == CONTENT
    assert [file.name for file in path.parent.iterdir()] == ["data.gz"]
    shown = capsys.readouterr().out
    assert "data.gz: 100%" in shown
    assert "256k/256k" in shown


def test_a_file_that_is_there_already_is_not_downloaded_again(tmp_path):
    path = tmp_path / "data.gz"
    path.write_bytes(CONTENT)

    download(f"http://127.0.0.1:{closed_port()}/data.gz", path, digest=DIGEST, timeout=5)

    assert path.read_bytes() == CONTENT


def test_a_different_file_is_replaced(site, tmp_path):
    path = tmp_path / "data.gz"
    path.write_bytes(CONTENT[:100])

    download(f"{site}/data.gz", path, digest=DIGEST, timeout=5)

    assert path.read_bytes() == CONTENT
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("before", [None, b"an older version"])
@pytest.mark.parametrize(
    ("answer", "hang_up", "reason"),
    [
        (HALF, True, "SHA-256"),  # truncated
        (HALF, False, "timed out"),  # stuck in the middle
        (b"", False, "timed out"),  # no answer at all
        (b"", True, "closed connection"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", True, "404"),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>Log in to this hotel's network</html>", True, "SHA-256"),
    ],
    ids=["truncated", "stuck", "silent", "hangs up", "404", "another page"],
)
def test_a_failed_download_leaves_everything_as_it_was(bad_server, tmp_path, before, answer, hang_up, reason):
    path = tmp_path / "folder" / "data.gz"
    if before:
        path.parent.mkdir()
        path.write_bytes(before)

    with pytest.raises(OSError, match=reason):
        download(bad_server(answer, hang_up=hang_up), path, digest=DIGEST, timeout=0.3)

    assert [file.read_bytes() for file in path.parent.iterdir()] == ([before] if before else [])


def test_other_content_than_expected_is_refused_with_both_digests(site, tmp_path):
    expected = "0" * 64

    with pytest.raises(OSError, match="expected") as failure:
        download(f"{site}/data.gz", tmp_path / "data.gz", digest=expected, timeout=5)

    assert all(part in str(failure.value) for part in (f"{site}/data.gz", DIGEST, expected))
    assert not (tmp_path / "data.gz").exists()


def test_without_a_network_the_reason_is_told(tmp_path):
    with pytest.raises(OSError, match="refused"):
        download(f"http://127.0.0.1:{closed_port()}/data.gz", tmp_path / "data.gz", digest=DIGEST, timeout=5)

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("answer", "reason"), [(HALF, "broke off after"), (b"", "closed connection")])
def test_a_file_without_a_published_digest_arrives_whole_or_not_at_all(site, bad_server, tmp_path, answer, reason):
    download(f"{site}/data.gz", tmp_path / "whole", digest=None, timeout=5)
    assert (tmp_path / "whole").read_bytes() == CONTENT

    with pytest.raises(OSError, match=reason):
        download(bad_server(answer, hang_up=True), tmp_path / "half", digest=None, timeout=5)
    assert not list(tmp_path.glob("half*"))
