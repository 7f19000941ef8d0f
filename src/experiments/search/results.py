"""What a sweep leaves behind: a ranked table, pictures, the best parameters as a command."""

import csv
import io
import json
import logging
import shlex
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
import yaml
from optuna.trial import FrozenTrial, TrialState

from experiments.paths import shown
from experiments.plots.draw import failure_is_told
from experiments.search.pictures import draw_study
from experiments.search.progress import shown_params
from experiments.search.space import Space, describe
from experiments.search.study import best_trial
from experiments.secrets import redact_text

_SHOWN = 10  # rows of the table on the console
_REPEATS = {"seed", "data.fold"}  # keys that repeat a run rather than change it
_log = logging.getLogger("experiments")


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a sweep came to.

    Args:
        ranked: its trials, best first.
        folder: of the table, the pictures and the best parameters.
        tags: of the parent run.
        metrics: of the parent run.
        command: which runs the best trial's parameters on their own; empty where no trial is complete.
    """

    ranked: Sequence[FrozenTrial]
    folder: Path
    tags: Mapping[str, str]
    metrics: Mapping[str, float]
    command: str


def write_results(
    study: optuna.Study, space: Space, *, folder: Path, metric: str, seconds: float, pictures: bool = True
) -> Findings:
    """Write the results into the study's folder.

    Args:
        study: whose trials are looked at.
        space: what was searched.
        folder: of the study.
        metric: of the objective.
        seconds: that this command has taken.
        pictures: whether to draw the study; one of several objectives never is.
    """
    results = folder / "results"
    results.mkdir(parents=True, exist_ok=True)
    ranked = rank(study)
    table, file = _table(ranked), results / "trials.csv"
    changed = not file.is_file() or file.read_text() != table
    spaces = {name: describe(distribution) for name, distribution in space.distributions().items()}
    (results / "search_space.yaml").write_text(yaml.safe_dump(spaces, sort_keys=False))
    best, command = best_trial(study), ""
    tags, metrics = {"space": json.dumps(spaces)}, {"trials": float(len(ranked)), "sweep_seconds": seconds}
    if best:
        command = best_command(space, best)
        summary = {"trial": best.number, "values": best.values, "params": best.params, "command": command}
        (results / "best.json").write_text(json.dumps(summary, indent=2, default=str))
        _write_official(study, folder)
        tags |= {f"best.{name}": str(value) for name, value in best.params.items()}
        tags |= {"best.trial": str(best.number), "best.run_id": str(best.user_attrs.get("run_id", ""))}
        metrics |= {f"best_{metric}": best.values[0]} | _spread(study, metric)
        if pictures and changed and len(study.directions) == 1:
            with failure_is_told(shown(results / "plots")):
                draw_study(study, results / "plots", metric=metric)
    file.write_text(table)  # after the pictures: while it stays the same, they need not be drawn again
    return Findings(ranked=ranked, folder=results, tags=tags, metrics=metrics, command=command)


def print_results(findings: Findings, *, study: str, metric: str, parent: str, registered: str) -> None:
    """Print the results.

    Args:
        findings: to print.
        study: name of the study.
        metric: of the objective.
        parent: id of the parent run; empty where nothing is tracked.
        registered: what became of the best model.
    """
    ranked, metrics = findings.ranked, findings.metrics
    _print(ranked, metric)
    if f"mean_{metric}" in metrics:
        mean, spread = metrics[f"mean_{metric}"], metrics[f"std_{metric}"]
        _say("", f"{metric} over {len(ranked)} repeats: {mean:.4f} ± {spread:.4f} (mean ± standard deviation)")
    if findings.command:
        _say("", "the best again, as one run:", f"  {findings.command}")
    _say(
        "",
        f"study    {study}, {len(ranked)} trials, {metrics['sweep_seconds']:.0f} s"
        + (f", parent run {parent}" if parent else ""),
        f"folder   {shown(findings.folder.parent)}",
        f"model    {registered}",
    )


def rank(study: optuna.Study) -> list[FrozenTrial]:
    """Return the trials that ran: complete ones, best first, then the others in their order."""
    ran = [
        t for t in study.get_trials(deepcopy=False) if t.state.is_finished() and t.user_attrs.get("state") != "repeated"
    ]
    sign = -1 if study.directions[0] == optuna.study.StudyDirection.MAXIMIZE else 1
    complete = sorted((t for t in ran if t.state == TrialState.COMPLETE), key=lambda t: (sign * t.values[0], t.number))
    return complete + [t for t in ran if t.state != TrialState.COMPLETE]


def best_command(space: Space, trial: FrozenTrial) -> str:
    """Return the command line that runs a trial's parameters on their own."""
    overrides = map(redact_text, [*space.fixed, *space.overrides(trial.params)])
    return shlex.join(["python", "-m", "experiments.train", *overrides])


def _table(ranked: list[FrozenTrial]) -> str:
    """Return the trials as CSV."""
    names = list(dict.fromkeys(name for trial in ranked for name in trial.params))
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["rank", "trial", "state", "value", *names, "epochs", "seconds", "run_id", "reason"])
    for place, trial in enumerate(ranked, 1):
        facts = trial.user_attrs
        seconds = facts["ended"] - facts["began"] if {"ended", "began"} <= facts.keys() else ""
        rows.writerow(
            [
                place if trial.state == TrialState.COMPLETE else "",
                trial.number,
                facts.get("state", trial.state.name.lower()),
                " ".join(map(repr, trial.values)) if trial.values else "",
                *(trial.params.get(name, "") for name in names),
                len(trial.intermediate_values) or "",
                seconds and f"{seconds:.1f}",
                facts.get("run_id", ""),
                facts.get("reason", ""),
            ]
        )
    return text.getvalue()


def _write_official(study: optuna.Study, folder: Path) -> None:
    """Write ``optimization_results.yaml`` as Hydra's own Optuna sweeper does."""
    if len(study.directions) == 1:
        best: Any = {"name": "optuna", "best_params": study.best_params, "best_value": study.best_value}
    else:
        solutions = [{"params": trial.params, "values": trial.values} for trial in study.best_trials]
        best = {"name": "optuna", "solutions": solutions}
    (folder / "optimization_results.yaml").write_text(yaml.safe_dump(best))


def _spread(study: optuna.Study, metric: str) -> dict[str, float]:
    """Return mean and standard deviation where nothing but the seed, or the fold, differs between the trials."""
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    if len(complete) < 2 or any(set(trial.params) - _REPEATS for trial in complete):
        return {}
    values = [trial.values[0] for trial in complete]
    return {f"mean_{metric}": statistics.mean(values), f"std_{metric}": statistics.stdev(values)}


def _print(ranked: Sequence[FrozenTrial], metric: str) -> None:
    several = any(len(trial.values or ()) > 1 for trial in ranked)
    width = 20 if several else 14
    _say("", f"{'rank':>4} {'trial':>5}  {'state':10} {metric + ', …' * several:>{width}}  parameters")
    for place, trial in enumerate(ranked[:_SHOWN], 1):
        complete = trial.state == TrialState.COMPLETE
        value = ", ".join(f"{value:.4f}" for value in trial.values or ())
        state = trial.user_attrs.get("state", trial.state.name.lower())
        _say(f"{place if complete else '':>4} {trial.number:>5}  {state:10} {value:>{width}}  {shown_params(trial)}")


def _say(*lines: str) -> None:
    for line in lines:
        _log.info("%s", line)
