"""Behavioural items: sentences with variants, on which a model with the shipped label set can be tested."""
