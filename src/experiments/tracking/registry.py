"""Keep the best model of each data set under one name, with an alias on the champion."""

import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from experiments.paths import ROOT
from experiments.tracking import provenance
from experiments.types import Candidate, ModelRegistry, Objective

_NOT_THERE = {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}  # no such model, no such alias


@dataclass(frozen=True, kw_only=True)
class NoRegistry:
    """A registry for ``registry=none``."""

    def offer(self, candidate: Candidate) -> str:
        """Register nothing."""
        return "not registered (registry=none)"

    def settings(self) -> None:
        """Have nothing to do later."""


@dataclass(frozen=True, kw_only=True)
class Registry:
    """Register models in MLflow's model registry and move an alias to the best.

    Args:
        name: of the registered model.
        alias: set on the champion. Default ``champion``.
        only_if_better: register only a first model, or one that beats the champion on the same objective and data;
            otherwise register every model and move the alias to it.

    Raises:
        ValueError: MLflow refuses such a name or alias, and would say so after the training only.
    """

    name: str
    alias: str = "champion"
    only_if_better: bool = True

    def __post_init__(self) -> None:
        if not str(self.name).strip() or re.search("[/:]", str(self.name)):
            raise ValueError(f"name must be some text without / and :, got {self.name!r}")
        if not re.fullmatch(r"[\w-]+", str(self.alias)) or re.fullmatch(r"latest|v\d+", str(self.alias), re.IGNORECASE):
            raise ValueError(
                f"alias must be letters, digits, - and _, and neither latest nor such as v1, got {self.alias!r}"
            )

    def offer(self, candidate: Candidate) -> str:
        """Register the run's model if the rule says so; return a line that says what was done and why."""
        if not candidate.model_uri:
            return "not registered (no model was tracked)"
        import mlflow
        from filelock import FileLock

        from experiments.tracking.keras_model import logged_model_uri
        from experiments.tracking.store import Store

        client = mlflow.MlflowClient()
        uri = candidate.model_uri
        if uri.startswith("runs:/") and not (uri := logged_model_uri(client, candidate.run_id)):
            return f"not registered: the model of run {candidate.run_name} was not delivered"
        database = Store(uri=mlflow.get_tracking_uri(), artifacts=Path()).database
        with ExitStack() as lock:
            if database:  # of two runs that end together, the second is compared with the first
                lock.enter_context(FileLock(f"{database}.lock"))
            champion = self._champion(client)
            if self.only_if_better and champion and (refusal := self._refusal(champion, candidate)):
                return f"not registered: {refusal}"
            version = self._registered(client, candidate)
            if not version:  # an earlier attempt may have been broken off before the alias was set
                version = mlflow.register_model(uri, self.name, tags=self._tags(candidate)).version
            client.set_registered_model_alias(self.name, self.alias, version)
        return f"models:/{self.name}@{self.alias} is now version {version}"

    def settings(self) -> Mapping[str, Any]:
        """Return the arguments that make an equal registry."""
        return asdict(self)

    def _registered(self, client: Any, candidate: Candidate) -> str:
        found = client.search_model_versions(f"run_id = '{candidate.run_id}'")
        return next((str(version.version) for version in found if version.name == self.name), "")

    def _champion(self, client: Any) -> Any:
        from mlflow.exceptions import MlflowException

        try:
            return client.get_model_version_by_alias(self.name, self.alias)
        except MlflowException as error:
            if error.error_code in _NOT_THERE:
                return None
            raise

    def _refusal(self, champion: Any, candidate: Candidate) -> str:
        differing = [tag for tag, value in self._comparable(candidate).items() if champion.tags.get(tag) != value]
        if differing:
            return (
                f"version {champion.version} (@{self.alias}) has another {' and '.join(differing)}, so the two cannot "
                "be compared; register it all the same with registry=always, or under another registry.name"
            )
        value = float(champion.tags["objective.value"])
        if Objective(metric=candidate.metric, mode=candidate.mode).better(candidate.value, than=value):
            return ""
        mine_is = f"{candidate.metric} {candidate.value:.4f}"
        return f"{mine_is} does not beat version {champion.version} (@{self.alias}), {value:.4f}"

    @staticmethod
    def _comparable(candidate: Candidate) -> dict[str, str]:
        """Return the tags that must agree before two models can be compared."""
        return {
            "objective.metric": candidate.metric,
            "objective.mode": candidate.mode,
            "data.fingerprint": candidate.fingerprint,
        }

    def _tags(self, candidate: Candidate) -> dict[str, str]:
        return self._comparable(candidate) | {
            "objective.value": repr(candidate.value),
            "data.name": candidate.data_name,
            "git.commit": provenance.git_commit(ROOT),
            "run_id": candidate.run_id,
            "run_name": candidate.run_name,
            **{f"test_{name}": repr(value) for name, value in candidate.test.items()},
        }


def noted(registry: ModelRegistry) -> dict[str, Any]:
    """Return what an equal registry can be made of in another process: its class and its settings."""
    kind = type(registry)
    return {"_target_": f"{kind.__module__}.{kind.__qualname__}", **(registry.settings() or {})}


def offer_noted(*, registry: Mapping[str, Any], candidate: Mapping[str, Any]) -> str:
    """Make an offer of which only the registry, as by ``noted``, and the candidate's values are there."""
    settings = dict(registry)
    module, _, name = settings.pop("_target_", f"{__name__}.Registry").rpartition(".")
    made: ModelRegistry = getattr(import_module(module), name)(**settings)
    return made.offer(Candidate(**candidate))
