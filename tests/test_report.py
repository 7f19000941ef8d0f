from experiments import report
from experiments.types import Tracked


def test_the_addresses_are_those_of_this_run(trained, said):
    tracked = Tracked(run_id="abc", view_command="mlflow ui", view_url="http://127.0.0.1:5000/#/experiments/9/runs")

    report.whereabouts(trained, tracked, "models:/digits@champion is now version 1")

    text = said()
    assert f"run      {trained.record.name}, id abc" in text
    assert str(trained.record.folder) in text
    assert "http://127.0.0.1:5000/#/experiments/9/runs" in text
    assert f"--logdir {trained.record.folder.parent}" in text


def test_a_cut_short_run_says_what_is_kept(trained, said):
    report.cut_short(trained, Tracked())

    text = said()
    assert f"cut short after 2 epochs; best was epoch {trained.best_epoch}, val_accuracy 0." in text
    assert "neither scored nor registered" in text
    assert "mlflow" not in text
