"""Counts of what was read, and articles as files."""
