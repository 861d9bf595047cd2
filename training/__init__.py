"""From annotated sentences to a labeller. Knows nothing of MLflow."""
