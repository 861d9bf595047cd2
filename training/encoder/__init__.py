"""The encoder: a transformer that scores all roles and labels of a sentence in one pass.

Training needs torch, scoring does not.
"""
