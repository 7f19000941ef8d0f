"""One trial, as a run sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import optuna

from experiments.plots.units import metric_units
from experiments.tracking.registry import NoRegistry, noted
from experiments.types import Candidate, ModelRegistry, Objective, RunResult


@dataclass(frozen=True, kw_only=True)
class StudyTrial:
    """Report a run's epochs to an Optuna trial, and keep its model for the end of the sweep.

    Args:
        trial: of the run.
        study: of the trial.
        objective: of the run.
        tags: of the tracked run.
        by_objective: whether the study goes by the run's objective, not by other metrics of its best epoch.
    """

    trial: optuna.Trial
    study: optuna.Study
    objective: Objective
    tags: Mapping[str, str]
    by_objective: bool = True

    def run_tags(self) -> dict[str, str]:
        """Return the tags of the tracked run."""
        params = {f"params.{name}": str(value) for name, value in self.trial.params.items()}
        return {**self.tags, "kind": "trial", "trial": str(self.trial.number), **params}

    def started(self, run_id: str) -> None:
        """Note which tracked run belongs to the trial."""
        self.trial.set_user_attr("run_id", run_id)

    def report(self, epoch: int, value: float) -> bool:
        """Report the objective after an epoch, counted from 1; return whether the trial is not worth going on."""
        if len(self.study.directions) > 1 or not self.by_objective:
            return False  # Optuna cannot prune by several objectives, and what it goes by is known after the last epoch
        self.trial.report(value, epoch)
        return self.trial.should_prune()

    def finished(self, result: RunResult) -> None:
        """Note the metrics of the best epoch and the size of the model, also for TensorBoard's HParams tab."""
        metrics = {name: float(value) for name, value in result.best.items()}
        self.trial.set_user_attr("metrics", metrics | {"parameters": float(result.model.count_params())})
        measured = self.objective.metric.removeprefix("val_")
        curves = {"validation": f"val_{measured}", "training": measured}
        history = {split: list(result.history[name]) for split, name in curves.items() if name in result.history}
        self.trial.set_user_attr("curves", history)
        self.trial.set_user_attr("unit", metric_units(result).get(measured, ""))
        import tensorflow as tf
        from tensorboard.plugins.hparams import api

        params = {name: "null" if value is None else value for name, value in self.trial.params.items()}
        with tf.summary.create_file_writer(str(result.record.folder / "tensorboard" / "hparams")).as_default():
            api.hparams(params, trial_id=result.record.name)
            tf.summary.scalar(f"best_{self.objective.metric}", metrics[self.objective.metric], step=result.best_epoch)

    def keeps_model(self, value: float) -> bool:
        """Return whether none was better so far, so that the model is worth storing: any of equals may be the best."""
        if len(self.study.directions) > 1 or not self.by_objective:
            return True
        complete = self.study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))
        if not complete:
            return True
        return not self.objective.better(self.study.best_value, than=value)

    def registry(self, configured: ModelRegistry) -> ModelRegistry:
        """Return a registry that only notes the candidate: the best one is offered once, when the sweep ends."""
        return _Later(trial=self.trial, registry=configured)

    def values(self, metrics: Sequence[str]) -> list[Any]:
        """Return the noted metrics of these names; ``None`` for one that was not measured."""
        noted = self.trial.user_attrs.get("metrics", {})
        return [noted.get(name) for name in metrics]


@dataclass(frozen=True, kw_only=True)
class _Later:
    trial: optuna.Trial
    registry: ModelRegistry

    def offer(self, candidate: Candidate) -> str:
        if candidate.model_uri:
            self.trial.set_user_attr("offer", {"candidate": asdict(candidate), "registry": noted(self.registry)})
        if isinstance(self.registry, NoRegistry):
            return self.registry.offer(candidate)
        return "the best trial's is offered to the registry when the sweep ends"

    def settings(self) -> None:
        """Reach no store: the study keeps the candidate."""
