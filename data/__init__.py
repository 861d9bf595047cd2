"""What a statement is: schema, codebook, corpus, text analysis, identities, formats in and out."""
