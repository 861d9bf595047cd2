"""Runs: configs, training, tracking, comparison, promotion, and studies of many runs."""
