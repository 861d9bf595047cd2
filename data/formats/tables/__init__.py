"""Tables: the corpus as CSV, and tables of labelled sentences with any columns."""
