"""A pool of worker processes, each with a model that it loaded once."""
