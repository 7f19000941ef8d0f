from pathlib import Path

from experiments.tracking.none import NoTracker


def test_a_run_without_tracking_still_leaves_its_folder_and_no_database(run, store, tmp_path):
    result = run("model=mlp", "data=digits", "debug=fast", "tracking=none", f"paths.store={tmp_path}")

    left = {path.name for path in Path(result.record.folder).iterdir()}
    assert {"results.json", "model.keras", "plots", "history.csv", "tensorboard"} <= left
    assert not list(tmp_path.rglob("mlflow.db"))
    assert str(NoTracker()) == ""
