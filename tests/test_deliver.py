import subprocess
import sys

import mlflow
import pytest

from experiments.deliver import main
from experiments.errors import StoreAway, UserError
from experiments.tracking.outbox import Outbox, Writer


def test_a_store_that_is_still_away_is_one_clear_error(tmp_path):
    with pytest.raises(StoreAway, match="does not answer"):
        main(["tracking.uri=http://127.0.0.1:1", f"paths.store={tmp_path}"])


def test_nothing_is_owed(store, capsys):
    main([f"paths.store={store}"])

    assert capsys.readouterr().out.startswith("Nothing more is owed to ")


def test_without_tracking_there_is_nothing_to_deliver(capsys):
    main(["tracking=none"])

    assert "owed" in capsys.readouterr().out


def test_the_command_names_what_could_not_be_delivered(store, trained, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    uri, box = f"sqlite:///{store}/mlflow.db", tmp_path / "outbox"
    writer = Writer(
        client=mlflow.MlflowClient("http://127.0.0.1:1"),
        run_id="0" * 32,
        run_name="r",
        outbox=Outbox(folder=box, store=uri),
        check=lambda: None,
    )
    writer.write("tags", values={"t": "x"})

    command = [sys.executable, "-m", "experiments.deliver", f"tracking.uri={uri}", f"tracking.outbox={box}"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)

    assert answer.returncode == 0, "its run goes on, as far as anybody can see"
    writer._held.close()
    with pytest.raises(UserError, match=r"0\.jsonl could not be delivered: Run with id=0+ not found"):
        main(command[3:])
