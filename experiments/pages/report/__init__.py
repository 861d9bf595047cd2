"""The report of runs: one HTML page that says which is better, where, and what it rests on."""
