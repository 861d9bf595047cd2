"""Tables and JSON: one article per row, with columns that are found by name."""
