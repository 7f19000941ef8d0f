import logging

from experiments import report
from experiments.types import Tracked


def test_the_addresses_are_those_of_this_run(trained, caplog):
    tracked = Tracked(run_id="abc", view_command="mlflow ui", view_url="http://127.0.0.1:5000/#/experiments/9/runs")

    with caplog.at_level(logging.INFO, logger="experiments"):
        report.whereabouts(trained, tracked, "models:/digits@champion is now version 1")

    said = "\n".join(record.getMessage() for record in caplog.records)
    assert f"run      {trained.record.name}, id abc" in said
    assert str(trained.record.folder) in said
    assert "http://127.0.0.1:5000/#/experiments/9/runs" in said
    assert f"--logdir {trained.record.folder.parent}" in said


def test_a_cut_short_run_says_what_is_kept(trained, caplog):
    with caplog.at_level(logging.INFO, logger="experiments"):
        report.cut_short(trained, Tracked())

    said = "\n".join(record.getMessage() for record in caplog.records)
    assert f"cut short after 2 epochs; best was epoch {trained.best_epoch}, val_accuracy 0." in said
    assert "neither scored nor registered" in said
    assert "mlflow" not in said
