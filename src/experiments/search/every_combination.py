"""The grid: every combination once."""

import optuna


class EveryCombination(optuna.samplers.RandomSampler):
    """A sampler whose trials are all queued before the first one runs, in the order of the command line.

    A queue keeps its order over any number of workers and resumptions. Nothing is left to sample, unless a run asks for
    further values itself: those are drawn at random.
    """
