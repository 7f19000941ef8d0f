import json
import time

import keras
import mlflow
import numpy as np
import pytest

from experiments import deliver
from experiments.errors import StoreAway
from experiments.tracking import outbox
from experiments.tracking.outbox import Outbox, Writer
from experiments.tracking.store import Store

EPOCHS = 4
RUN = ("model=mlp", "data=digits", f"trainer.epochs={EPOCHS}", "tracking.retry_seconds=0")


@pytest.fixture
def at_epoch(monkeypatch):
    """A function that arranges what happens at the end of epochs, counted from 0, before MLflow logs them."""
    from experiments.trainers.keras_fit import KerasFit

    def arrange(actions):
        fit = KerasFit.fit

        def fit_and_act(self, model, splits, callbacks, *others):
            acting = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, _: actions.get(epoch, lambda: None)())
            fit(self, model, splits, [*callbacks, acting], *others)

        monkeypatch.setattr(KerasFit, "fit", fit_and_act)

    return arrange


def steps(client, run_id, name="val_accuracy"):
    return [point.step for point in client.get_metric_history(run_id, name)]


def names(client, run_id, path=None):
    return {item.path for item in client.list_artifacts(run_id, path)}


def runs(client, experiment):
    found = client.search_runs([client.get_experiment_by_name(experiment).experiment_id], order_by=["start_time"])
    return [run for run in found if run.info.lifecycle_stage == "active"]


def test_a_run_whose_server_dies_ends_well_and_is_delivered_whole(run, server, at_epoch, tmp_path, said):
    here = ("tracking.experiment=dies", f"tracking.uri={server.uri}", f"paths.store={tmp_path}", "registry.name=dies")
    actions = {1: server.kill}
    at_epoch(actions)
    result = run(*RUN, *here)
    actions.clear()

    (kept,) = (tmp_path / "outbox").glob("*.jsonl")
    assert f"-m experiments.deliver tracking.uri={server.uri} tracking.outbox={tmp_path / 'outbox'}" in said()
    assert keras.saving.load_model(result.record.folder / "model.keras").count_params() > 0
    content, run_id, ended = kept.read_bytes(), kept.stem, time.time_ns() // 1_000_000
    server.start()
    client = server.client()
    assert client.get_run(run_id).info.status == "RUNNING"
    assert steps(client, run_id) == [0]

    deliver.main(here)
    kept.write_bytes(content)  # as if it had been killed before its last step
    run(*RUN, *here)  # the next run delivers too

    delivered, after = runs(client, "dies")
    assert (delivered.info.run_id, delivered.info.status, after.info.status) == (run_id, "FINISHED", "FINISHED")
    assert delivered.info.start_time < delivered.info.end_time <= ended
    assert delivered.data.tags["state"] == "complete"
    for name in ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"):
        points = client.get_metric_history(run_id, name)
        assert [(point.step, point.value) for point in points] == list(enumerate(result.history[name])), name
    assert delivered.data.metrics["best_val_accuracy"] == pytest.approx(result.objective_value)
    assert delivered.data.metrics["test_accuracy"] == pytest.approx(result.test["accuracy"])
    assert steps(client, run_id, "test_accuracy") == [0]
    assert names(client, run_id) >= {"config.yaml", "model_summary.txt", "plots", "predictions", "tensorboard_logs"}
    assert "plots/confusion_matrix.png" in names(client, run_id, "plots")
    (output,) = delivered.outputs.model_outputs
    mlflow.set_tracking_uri(server.uri)
    model = mlflow.pyfunc.load_model(f"models:/{output.model_id}")
    inputs = result.splits.test.inputs[:5]
    assert np.array_equal(model.predict(inputs), result.model.predict(inputs, verbose=0))
    registered = client.search_model_versions("name = 'dies'")
    assert [version.run_id for version in registered].count(run_id) == 1
    assert not list((tmp_path / "outbox").iterdir())
    assert not list(result.record.folder.glob("mlflow_model*"))


def test_a_server_that_comes_back_while_the_run_goes_on_is_told_at_once(run, server, at_epoch, tmp_path, monkeypatch):
    monkeypatch.setattr(outbox, "_LOOK", 0)
    seen = []

    def look():
        (found,) = runs(server.client(), "back")
        seen.extend(steps(server.client(), found.info.run_id))

    at_epoch({0: server.kill, 1: server.start, 2: look})
    run(*RUN, "tracking.experiment=back", f"tracking.uri={server.uri}", f"paths.store={tmp_path}", "registry=none")

    assert seen == [0, 1]
    (found,) = runs(server.client(), "back")
    assert found.info.status == "FINISHED"
    assert steps(server.client(), found.info.run_id) == list(range(EPOCHS))
    assert not list((tmp_path / "outbox").iterdir())


def test_a_server_that_goes_just_before_the_run_begins_is_one_clear_error(run, tmp_path, monkeypatch):
    monkeypatch.setattr(Store, "check", lambda self: None)  # it answered until now
    with pytest.raises(StoreAway, match=r"127.0.0.1:1 went away before training began. Run the same command again"):
        run(*RUN, "tracking.uri=http://127.0.0.1:1", f"paths.store={tmp_path}")

    assert not (tmp_path / "outbox").exists()


def away():
    raise StoreAway("nobody answers")


@pytest.fixture
def writer(tmp_path, run_id, monkeypatch):
    """Writes to a run whose server is not there."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    nobody = mlflow.MlflowClient("http://127.0.0.1:1")
    box = Outbox(folder=tmp_path / "outbox", store="s")
    return Writer(client=nobody, run_id=run_id, run_name="r", outbox=box, check=away)


@pytest.mark.parametrize("answers", [True, False])
def test_whoever_interrupts_the_wait_for_a_store_waits_no_more_and_loses_nothing(
    client, run_id, writer, monkeypatch, answers
):
    def hang(*_, **__):
        raise KeyboardInterrupt

    writer.client = client
    if answers:
        monkeypatch.setattr(writer, "check", lambda: None)
    with monkeypatch.context() as hanging:
        hanging.setitem(outbox.WRITES, "tags", hang)
        with pytest.raises(KeyboardInterrupt):
            writer.write("tags", values={"t": "interrupted"})
        writer.write("tags", values={"u": "next"})
    writer.close()

    assert writer.outbox.owed() == ([] if answers else [run_id])
    assert writer.outbox.deliver(client) == []
    assert {"t": "interrupted", "u": "next"}.items() <= client.get_run(run_id).data.tags.items()


def test_what_is_kept_is_delivered_in_its_order(client, run_id, writer):
    for value in ("first", "last"):
        assert writer.write("tags", values={"t": value}) is None
    kept = writer.close()

    assert kept.endswith(f"{run_id}.jsonl")
    assert writer.outbox.owed() == [run_id]
    assert writer.outbox.deliver(client) == []
    assert client.get_run(run_id).data.tags["t"] == "last"
    assert writer.outbox.owed() == []


def test_what_a_killed_process_kept_is_delivered_but_for_a_broken_line(client, run_id, writer):
    writer.write("tags", values={"t": "whole"})
    writer.close()
    with writer.outbox.file(run_id).open("a") as file:
        file.write('{"write": "tags", "argum')

    assert writer.outbox.deliver(client) == []
    assert client.get_run(run_id).data.tags["t"] == "whole"


@pytest.mark.parametrize("held", [0, 1])
def test_a_disk_that_is_full_for_a_while_spoils_neither_the_file_nor_the_outbox(client, run_id, writer, held):
    """Of a line that does not fit, Linux writes what fits."""
    from resource import RLIMIT_FSIZE, getrlimit, setrlimit

    writer.outbox.folder.mkdir()
    for _ in range(held):
        writer.write("tags", values={"t": "before"})
    unlimited, file = getrlimit(RLIMIT_FSIZE), writer.outbox.file(run_id)
    setrlimit(RLIMIT_FSIZE, ((file.stat().st_size if held else 0) + 10, unlimited[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            writer.write("tags", values={"t": "x" * 100})
    finally:
        setrlimit(RLIMIT_FSIZE, unlimited)
    writer.write("tags", values={"t": "after"})
    writer.close()

    assert writer.outbox.owed() == [run_id]
    assert writer.outbox.deliver(client) == []
    assert client.get_run(run_id).data.tags["t"] == "after"


def test_a_file_that_is_broken_in_the_middle_is_delivered_but_for_that(client, run_id, writer):
    writer.write("tags", values={"t": "whole"})
    with writer.outbox.file(run_id).open("a") as file:
        file.write('{"write": "tags", "argum{"write": "tags"}\n')
    writer.write("tags", values={"u": "whole"})
    writer.close()
    (writer.outbox.folder / "headless.jsonl").write_text('{"write": "tags", "arguments": {}}\n')

    assert writer.outbox.deliver(client) == []
    assert {"t": "whole", "u": "whole"}.items() <= client.get_run(run_id).data.tags.items()


def test_an_offer_to_a_registry_that_is_gone_is_named_and_stops_nothing_else(client, run_id, writer):
    writer.write("tags", values={"t": "kept"})
    writer.write("offer", registry={"_target_": "my_registries.Board"}, candidate={})
    writer.close()

    (line,) = writer.outbox.deliver(client)

    assert "could not be delivered: No module named 'my_registries'" in line
    assert writer.outbox.owed() == [run_id]


def test_a_run_that_goes_on_and_another_stores_are_passed_over(client, run_id, writer):
    writer.write("tags", values={"t": "kept"})
    assert writer.outbox.deliver(client) == []
    assert "t" not in client.get_run(run_id).data.tags

    writer.close()
    other = Outbox(folder=writer.outbox.folder, store="another")
    assert other.owed() == []
    assert other.deliver(client) == []
    assert writer.outbox.owed() == [run_id]


def test_what_cannot_be_delivered_is_named_and_stays_and_the_rest_is_delivered(client, run_id, writer):
    unknown = Writer(client=writer.client, run_id="0" * 32, run_name="u", outbox=writer.outbox, check=away)
    for each in (unknown, writer):
        each.write("tags", values={"t": "kept"})
        each.close()

    (line,) = writer.outbox.deliver(client)

    assert f"{'0' * 32}.jsonl could not be delivered: Run with id={'0' * 32} not found" in line
    assert client.get_run(run_id).data.tags["t"] == "kept"
    assert writer.outbox.owed() == ["0" * 32]


def test_an_answer_that_refuses_a_write_is_raised_and_not_kept(client, writer):
    writer.client, writer.run_id = client, "0" * 32

    with pytest.raises(mlflow.MlflowException, match="not found"):
        writer.write("tags", values={"t": "x"})

    assert writer.close() == ""
    assert not writer.outbox.folder.exists()


def test_a_line_of_the_file_can_be_read_by_people(writer, run_id):
    writer.write("metrics", values={"loss": 0.5}, step=1, timestamp=7)

    head, line = map(json.loads, writer.outbox.file(run_id).read_text().splitlines())
    assert head == {"store": "s", "run": "r"}
    assert line == {"write": "metrics", "arguments": {"values": {"loss": 0.5}, "step": 1, "timestamp": 7}}
