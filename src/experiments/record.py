"""What is known of a run before it trains, with every secret left out."""

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from experiments.config.knobs import NOT_A_SETTING, leaves
from experiments.secrets import redact, redact_text
from experiments.types import Job, Objective, RunRecord

_NOT_IN_A_NAME = re.compile(r"[^\w\-. :/]")  # characters that MLflow refuses in a parameter's name


def make_record(config: Mapping[str, Any], job: Job, objective: Objective) -> RunRecord:
    """Describe a run by its resolved config and job."""
    public = redact(dict(config))
    params = flat_params({name: value for name, value in public.items() if name not in NOT_A_SETTING})
    return RunRecord(
        name=config["run_name"],
        folder=job.folder,
        params={name: value for name, value in params.items() if f"{job.folder}/" not in value},
        config_yaml=yaml.safe_dump(public, sort_keys=False),
        overrides=[redact_text(override) for override in job.overrides],
        seed=config["seed"],
        summary=_summary(config),
        objective=objective,
        tags=job.trial.run_tags(),
    )


def flat_params(config: Mapping[str, Any]) -> dict[str, str]:
    """Return nested values as text under dotted names that MLflow accepts; a list is one value.

    Example:
        >>> flat_params({"model": {"units": [128, 64], "name": "mlp"}})
        {'model.units': '[128, 64]', 'model.name': 'mlp'}
    """
    return {
        _NOT_IN_A_NAME.sub("_", name): value if isinstance(value, str) else json.dumps(value)
        for name, value in leaves(config)
    }


def _summary(config: Mapping[str, Any]) -> str:
    optimizer, trainer, model = config["optimizer"], config["trainer"], config["model"]
    schedule = f" under {config['schedule']['_target_'].rpartition('.')[2]}" if config.get("schedule") else ""
    fine_tuning = config.get("fine_tuning")
    then = f" and {fine_tuning['epochs']} unfrozen at {fine_tuning['learning_rate']:g}" if fine_tuning else ""
    return (
        f"{model['name']} on {config['data']['name']}: {optimizer['_target_'].rpartition('.')[2]}, "
        f"learning rate {optimizer['learning_rate']:g}{schedule}, dropout {_dropout(model)}, L2 {model['l2']:g}, "
        f"batch {trainer['batch_size']}, up to {_epochs(trainer['epochs'])}{then}, seed {config['seed']}"
    )


def _epochs(count: int) -> str:
    return "1 epoch" if count == 1 else f"{count} epochs"


def _dropout(model: Mapping[str, Any]) -> str:
    """Return the share of units that is dropped: of named layers what they say, for the knob may reach none of them."""
    layers = [layer for layer in (model.get("layers") or {}).values() if isinstance(layer, Mapping)]
    rates = dict.fromkeys(layer["rate"] for layer in layers if isinstance(layer.get("rate"), float | int))
    return "/".join(f"{rate:g}" for rate in rates) or f"{0 if 'layers' in model else model['dropout']:g}"
