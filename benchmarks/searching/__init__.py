"""The parts of `benchmarks/sweeps.py`: what is compared, and the small programs that it is compared with."""
