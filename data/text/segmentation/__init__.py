"""Blocks of a text (paragraphs, headlines, turns, datelines …) and their sentences."""
