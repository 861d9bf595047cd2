"""Which of the articles of a source are read."""
