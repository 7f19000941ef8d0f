"""Train one experiment: `python -m experiments.train model=cnn data=mnist`."""

from typing import Any

from experiments.app import end_process, hydra_main
from experiments.types import Job


@hydra_main("train")
def main(config: dict[str, Any], job: Job) -> float:
    """Run the composed experiment and return the objective's value at the best epoch."""
    from experiments.runner import run

    return run(config, job).objective_value


def entry() -> None:
    """Train, and end the process."""
    main()
    end_process()


if __name__ == "__main__":
    entry()
