import optuna
import pytest

from experiments.search.pictures import draw_study

UNITS = {"units": optuna.distributions.IntDistribution(1, 99)}


def study_of(trials: int, *, with_curves: bool = True) -> optuna.Study:
    study = optuna.create_study(direction="maximize", study_name="widths")
    for number in range(trials):
        trial = study.ask(UNITS)
        if with_curves:
            trial.set_user_attr("curves", {"validation": [0.1, 0.2 + number / 100], "training": [0.2, 0.5]})
        trial.report(0.1, 1)
        study.tell(trial, 0.2 + number / 100)
    return study


@pytest.mark.parametrize(
    ("trials", "with_curves", "drawn"), [(3, True, True), (1, True, False), (3, False, False), (21, True, False)]
)
def test_the_learning_curves_of_a_few_trials_share_a_chart(tmp_path, trials, with_curves, drawn):
    draw_study(study_of(trials, with_curves=with_curves), tmp_path / "plots", metric="val_accuracy")

    assert (tmp_path / "plots" / "learning_curves.png").exists() == drawn
    names = {"optimization_history", "intermediate_values", "parallel_coordinate", "slice"}
    found = {file.stem for file in (tmp_path / "plots").glob("*.png")} - {"learning_curves", "param_importances"}
    assert found == names
    assert {file.stem for file in (tmp_path / "plots").glob("*.html")} >= names
