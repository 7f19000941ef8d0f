import optuna
import pytest
from matplotlib.figure import Figure

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


@pytest.fixture
def stills(monkeypatch):
    """The figures that are written, by their file's name."""
    kept = {}
    save = Figure.savefig

    def savefig(self, path, **how):
        kept[path.stem] = self
        save(self, path, **how)

    monkeypatch.setattr(Figure, "savefig", savefig)
    return kept


def study_over(name, choices) -> optuna.Study:
    study = optuna.create_study(direction="maximize", study_name="choices")
    for number, choice in enumerate(choices):
        study.enqueue_trial({name: choice})
        trial = study.ask({name: optuna.distributions.CategoricalDistribution(choices)})
        trial.set_user_attr("curves", {"validation": [0.1, number / 10]})
        trial.set_user_attr("unit", "k$")
        study.tell(trial, number / 10)
    return study


def test_seven_long_names_keep_clear_of_each_other_and_of_the_colour_bar(tmp_path, stills):
    choices = [f"overfit_large_$with$_everything_{number}" for number in range(7)]

    draw_study(study_over("experiment", choices), tmp_path, metric="val_mae")

    labels = stills["slice"].axes[0].get_xticklabels()
    assert {(label.get_rotation(), label.get_ha(), label.get_parse_math()) for label in labels} == {
        (45, "right", False)
    }
    bar = next(axes for axes in stills["parallel_coordinate"].axes if axes.get_label() == "<colorbar>")
    names = [axes for axes in stills["parallel_coordinate"].axes if axes is not bar]
    assert max(axes.get_tightbbox().x1 for axes in names) < bar.get_window_extent().x0
    assert stills["learning_curves"].axes[0].get_ylabel() == "mae [k$]"


def test_powers_of_ten_are_no_formulas(tmp_path, stills):
    study = optuna.create_study(direction="maximize", study_name="rates")
    for number in range(3):
        rate = optuna.distributions.FloatDistribution(1e-5, 1e-1, log=True)
        study.enqueue_trial({"rate": 10.0 ** (-1 - 2 * number)})
        study.tell(study.ask({"rate": rate}), number / 10)

    draw_study(study, tmp_path, metric="val_accuracy")

    written = [label.get_text() for label in stills["slice"].axes[0].get_xticklabels()]
    assert "1e\u221203" in written  # with a minus sign
    assert not any("$" in text for text in written)


@pytest.mark.parametrize(
    ("name", "choices", "legend"),
    [
        ("experiment", ["overfit_tiny", "overfit_l2"], ["0: overfit_tiny", "1: overfit_l2"]),
        ("seed", [0, 1], ["0: seed=0", "1: seed=1"]),
        ("data.fold", [0, 1], ["0: data.fold=0", "1: data.fold=1"]),
    ],
)
def test_only_the_options_of_a_group_stand_without_their_key(tmp_path, stills, name, choices, legend):
    draw_study(study_over(name, choices), tmp_path, metric="val_mae")

    written = [text.get_text() for text in stills["learning_curves"].legends[0].get_texts()]
    assert written[:2] == legend
