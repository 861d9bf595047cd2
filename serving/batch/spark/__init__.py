"""Scoring on a Spark cluster: the driver plans, the workers read and score. pyspark is imported on use."""
