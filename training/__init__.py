"""Training: from annotated sentences to a labeller. Independent of MLflow."""
