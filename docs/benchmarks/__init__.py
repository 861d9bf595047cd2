"""Measurements of speed and memory; `docs/make_benchmarks.py` runs them and writes docs/benchmarks.md."""
