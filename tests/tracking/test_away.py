import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import mlflow
import pytest
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import TEMPORARILY_UNAVAILABLE

from experiments.errors import StoreAway, UserError
from experiments.tracking.away import is_away, patience


class Answering:
    """An HTTP server that gives the same answer to every request, and counts them; 0 is to hang up, None to be mute."""

    def __init__(self, status, body=b"{}"):
        self.requests, self._release = 0, threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler):  # noqa: N805
                self.requests += 1
                if status is None:
                    self._release.wait(10)
                if status:
                    handler.send_response(status)
                    handler.send_header("Retry-After", "3600")
                    handler.end_headers()
                    handler.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self._release.set()
        self._server.shutdown()
        self._server.server_close()


def error_of_a_write(uri):
    with pytest.raises(Exception) as caught:  # noqa: PT011 (whatever it is, it is what is asked about)
        mlflow.MlflowClient(uri).log_metric("0" * 32, "loss", 1.0)
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "away"),
    [
        (500, b"{}", True),
        (502, b"<html>Bad gateway</html>", True),
        (503, b"{}", True),
        (429, b"{}", True),
        (0, b"", True),
        (None, b"", True),
        (400, b'{"error_code": "INVALID_PARAMETER_VALUE", "message": "no"}', False),
        (403, b"<html>No</html>", False),
        (404, b'{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no"}', False),
        (200, b"not JSON", False),
    ],
)
def test_what_a_server_answers_says_whether_it_is_away(monkeypatch, status, body, away):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    server = Answering(status, body)
    try:
        assert is_away(error_of_a_write(server.uri)) is away
    finally:
        server.close()


def test_a_server_that_is_not_there_is_away(monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    server = Answering(200)
    server.close()

    assert is_away(error_of_a_write(server.uri))


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (StoreAway("the server does not answer"), True),
        (MlflowException("database is locked", error_code=TEMPORARILY_UNAVAILABLE), True),
        (MlflowException("something is wrong"), False),
        (UserError("a mistake"), False),
        (KeyError("a fault in a program"), False),
        (ConnectionError("of something else"), False),
        (FileNotFoundError("a folder"), False),
        (None, False),
    ],
)
def test_other_errors(error, away):
    assert is_away(error) is away


def test_a_fault_that_shows_up_while_an_outage_is_handled_is_a_fault(monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    fault = KeyError("nothing")
    fault.__context__ = error_of_a_write("http://127.0.0.1:1")

    assert is_away(fault.__context__)
    assert not is_away(fault)


@pytest.mark.parametrize(
    ("seconds", "factor", "timeout"), [(0, "0", "10"), (14, "1", "10"), (60, "4", "30"), (600, "43", "300")]
)
def test_the_knob_becomes_mlflows_own_settings(seconds, factor, timeout):
    settings = patience(seconds)

    assert settings["MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR"] == factor
    assert settings["MLFLOW_HTTP_REQUEST_TIMEOUT"] == timeout


def test_mlflow_heeds_the_settings(monkeypatch):
    for name, value in patience(0).items():
        monkeypatch.setenv(name, value)
    server = Answering(503)
    try:
        error_of_a_write(server.uri)  # comes at once, whatever time the server asks for
        assert server.requests == 5
    finally:
        server.close()
