"""Speed, measured by hand: `python -m tests.benchmarks.scoring` and its neighbours print their figures."""
