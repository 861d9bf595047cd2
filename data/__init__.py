"""Data: schema, codebooks, corpora, text analysis, identities of parties, and file formats."""
