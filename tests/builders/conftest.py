import pytest

from experiments import builders
from experiments.app import compose


@pytest.fixture(scope="module")
def wine():
    config = compose("train", ["data=wine", "model=mlp", "trainer.batch_size=16", "model.dropout=0.5", "model.l2=0.01"])
    return config, builders.splits(config)
