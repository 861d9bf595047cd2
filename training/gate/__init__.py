"""The gate: decides without a parse which sentences are parsed and read."""
