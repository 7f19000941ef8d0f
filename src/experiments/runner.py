"""One run, from config to result: read it from top to bottom like a Keras tutorial."""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from experiments import builders, report
from experiments.errors import TrainingDiverged, TrialPruned, UserError
from experiments.paths import shown
from experiments.pretrained import check_files
from experiments.quiet import import_tensorflow
from experiments.record import make_record
from experiments.signals import interrupts_at_batches, signal_name
from experiments.types import Candidate, Job, RunRecord, RunResult, Splits, Status, Tracked, Tracker, Trainer, Trial


def run(config: Mapping[str, Any], job: Job) -> RunResult:
    """Train, score, track and register what the config describes.

    Args:
        config: resolved and validated.
        job: what the command line asked for.

    Returns:
        The result at the best epoch, whose weights are in ``model``.

    Raises:
        UserError: anything that the user can mend; what was reached until then stays tracked.
        KeyboardInterrupt: by Ctrl-C, SIGTERM or a closed terminal, after what was reached until then was tracked.
    """
    # Whatever can be refused is refused here, before TensorFlow is imported.
    record = make_record(config, job, builders.objective(config))
    trainer, tracker = builders.trainer(config), builders.tracker(config)
    trial, registry = job.trial, job.trial.registry(builders.registry(config))
    tracker.check()
    check_files(config)
    splits = builders.splits(config)
    report.announce(record, splits, str(tracker))

    import_tensorflow(log=record.folder / "tensorflow.log")
    trainer.prepare(record.seed)
    with _true_status(tracker):
        trial.started(tracker.start(record, splits).run_id)
        model = builders.model(config, splits)
        result = _train(config, model, record, splits, trainer, tracker, trial)
        with _kept_unscored(config, result, tracker):
            result = _score(result)
        report.results(result)
        trial.finished(result)
        with _nothing_lost(result):
            result, tracked = _keep(config, result, tracker, model=trial.keeps_model(result.objective_value))
            registered = tracker.offer(candidate(result, tracked), registry)
        report.whereabouts(result, tracked, registered)
    return result


def _train(
    config: Mapping[str, Any],
    model: Any,
    record: RunRecord,
    splits: Splits,
    trainer: Trainer,
    tracker: Tracker,
    trial: Trial,
) -> RunResult:
    """Fit the model and give it the best epoch's weights; track what there is before an interruption is passed on."""
    from experiments.callbacks.backup_and_restore import back_up_others
    from experiments.callbacks.best_epoch import BestEpoch
    from experiments.callbacks.interruption import Interruption
    from experiments.callbacks.learning_rate import LearningRate
    from experiments.callbacks.trial_report import TrialReport

    best, reported = BestEpoch(record.objective), TrialReport(trial, record.objective)
    chosen = builders.with_fine_tuning(config, model, builders.callbacks(config, splits))
    callbacks = [LearningRate(), best, *chosen, reported, Interruption()]
    back_up_others(callbacks)
    if not trainer.calls_fit:
        callbacks += tracker.loop_callbacks(callbacks)
    interrupt = None
    began = time.perf_counter()
    try:
        with interrupts_at_batches():
            trainer.fit(model, splits, callbacks, builders.augmentation(config))
    except KeyboardInterrupt as caught:
        interrupt = caught.with_traceback(None)  # lets go of the examples that `fit` held
    best.restore()
    result = RunResult(
        record=record,
        splits=splits,
        history=best.history,
        best_epoch=best.epoch,
        best=best.metrics,
        seconds=time.perf_counter() - began,
        model=builders.finished_model(config, model),
    )
    if not (ending := interrupt or early_end(result, reported.pruned_at)):
        return result
    if best.epoch and isinstance(ending, TrialPruned):
        tracker.log_metrics(result)
        trial.finished(result)
    elif best.epoch:
        report.cut_short(*_keep(config, result, tracker))
    raise ending


def early_end(result: RunResult, pruned_at: int) -> Exception | None:
    """Return why a run whose training has ended is not scored, if it is not."""
    losses, metric = result.history.get("loss", []), result.record.objective.metric
    if not all(map(math.isfinite, losses)):
        return TrainingDiverged(
            f"the loss became {losses[-1]} in epoch {len(losses)}: the run is marked FAILED and nothing is registered. "
            "Try a learning rate below "
            f"optimizer.learning_rate={result.record.params['optimizer.learning_rate']}, or optimizer.clipnorm=1."
        )
    if pruned_at:
        return TrialPruned(f"pruned after epoch {pruned_at}: others were better by then")
    if not result.best_epoch:
        decisive = [name for name in dict.fromkeys((metric, "val_loss")) if name in result.history]
        never = [name for name in decisive if not any(map(math.isfinite, result.history[name]))] or decisive
        return UserError(f"there is no epoch with a finite number for {' and '.join(never)}, so none of them is best.")
    return None


def _score(result: RunResult) -> RunResult:
    """Score the held-out test split, once."""
    from experiments.trainers.scoring import score

    test, predictions = score(result.model, result.splits.test)
    return replace(result, test=test, test_predictions=predictions)


def candidate(result: RunResult, tracked: Tracked) -> Candidate:
    """Return what the registry has to know of a finished run."""
    objective = result.record.objective
    return Candidate(
        model_uri=tracked.model_uri,
        run_id=tracked.run_id,
        run_name=result.record.name,
        metric=objective.metric,
        mode=objective.mode,
        value=result.objective_value,
        data_name=result.splits.name,
        fingerprint=result.splits.fingerprint,
        test=result.test,
    )


def _keep(
    config: Mapping[str, Any], result: RunResult, tracker: Tracker, *, model: bool = True
) -> tuple[RunResult, Tracked]:
    """Write everything down, numbers first: tracker, the run's folder, pictures, the tracker's copies.

    A trial of a sweep whose model is not worth storing gets no pictures either.
    """
    from experiments.plots.draw import draw_run
    from experiments.saving.run_folder import save_run

    try:
        tracker.log_metrics(result)
    finally:  # nothing that MLflow refuses, as of a run that was deleted meanwhile, costs the model
        result = save_run(result, builders.saving(config))
    draw_run(result, builders.pictures(config) if model else {})
    return result, tracker.log_files(result, model=model)


@contextmanager
def _kept_unscored(config: Mapping[str, Any], result: RunResult, tracker: Tracker) -> Iterator[None]:
    """Keep a trained model that cannot be scored, or whose scoring is interrupted."""
    try:
        yield
    except BaseException:
        report.cut_short(*_keep(config, result, tracker))
        raise


@contextmanager
def _nothing_lost(result: RunResult) -> Iterator[None]:
    """Say where the results are when they cannot be stored where they should."""
    try:
        yield
    except Exception as error:
        folder = result.record.folder
        there = [
            shown(path)
            for name in ("model.keras", "checkpoints/best.keras", "results.json", "history.csv")
            if (path := folder / name).is_file()
        ]
        raise UserError(
            f"the run trained to its end, but not all of it could be stored: {type(error).__name__}: {error}\n"
            f"The metrics are those above; on this disk there are {', '.join(there) or 'no files of it'}."
        ) from error


@contextmanager
def _true_status(tracker: Tracker) -> Iterator[None]:
    """Close the tracked run as what it was, whichever way the block is left."""
    try:
        yield
    except BaseException as error:
        try:
            tracker.finish(*_status_of(error))
        except Exception as second:  # the first error is the one to tell
            error.add_note(f"The tracked run could not be closed: {second}")
        raise
    tracker.finish("FINISHED")


def _status_of(error: BaseException) -> tuple[Status, str]:
    if isinstance(error, KeyboardInterrupt):
        return "KILLED", signal_name(error)
    if isinstance(error, TrialPruned):
        return "PRUNED", str(error)
    return "FAILED", f"{type(error).__name__}: {error}"
