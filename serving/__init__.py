"""Around a model: readers of articles, writers, the command line."""
