"""The model: roles, pairing, thresholds, the labeller, its metrics, the run that trains and logs it."""
