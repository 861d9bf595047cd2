"""The use of models: reading articles, writing records, the Python API and the command line."""
