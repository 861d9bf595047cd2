"""What MLflow serves: registered models, and its page of the runs."""
