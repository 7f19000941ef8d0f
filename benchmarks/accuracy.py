"""Compare the test accuracy of our trainer with that of plain `keras.Model.fit`: `python benchmarks/accuracy.py mlp`.

Both fit the same model from the same weights on the same splits, and both are scored after the same last epoch: what
is left to differ is the order of the examples, the dropout masks and the rounding. Each seed makes a pair; printed are
both means, the mean difference of the pairs and its standard error.
"""

import argparse
import statistics

from experiments import builders
from experiments.app import compose
from experiments.trainers.scoring import score

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("model", help="any model of conf/model")
parser.add_argument("--epochs", type=int, default=5, help="default: 5")
parser.add_argument("--seeds", type=int, default=3, help="pairs (default: 3)")
options = parser.parse_args()

config = compose("train", [f"model={options.model}", f"trainer.epochs={options.epochs}", "trainer.verbose=0"])
splits, trainer = builders.splits(config), builders.trainer(config)


def accuracy(seed: int, *, plain: bool) -> float:
    """Fit a new model in one of the two ways and return its accuracy on the test split."""
    trainer.prepare(seed)
    model = builders.model(config, splits)
    if plain:
        train, validation = splits.train, splits.validation
        data = {"x": train.inputs, "y": train.labels, "validation_data": (validation.inputs, validation.labels)}
        model.fit(**data, epochs=options.epochs, batch_size=config["trainer"]["batch_size"], verbose=0)
    else:
        trainer.fit(model, splits, [])
    return score(model, splits.test)[0]["accuracy"]


pairs = []
for seed in range(1, options.seeds + 1):
    pairs.append((accuracy(seed, plain=True), accuracy(seed, plain=False)))
    print(f"seed {seed}: plain {pairs[-1][0]:.4f}, ours {pairs[-1][1]:.4f}", flush=True)
differences = [ours - plain for plain, ours in pairs]
error = statistics.stdev(differences) / len(pairs) ** 0.5
plain_mean, our_mean = (statistics.mean(side) for side in zip(*pairs, strict=True))
print(f"plain {plain_mean:.4f}, ours {our_mean:.4f}, difference {our_mean - plain_mean:+.4f} ± {error:.4f}")
