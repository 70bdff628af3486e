"""Figures, one module each. `make bench` runs them and writes benchmarks/results.json and results.md."""
