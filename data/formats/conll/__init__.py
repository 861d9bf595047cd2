"""CoNLL columns: one token per line, one column per statement, as for semantic roles.

    # doc_id = a-1
    # split = train
    # newpar
    # text = Iran accused the UN of bias.
    # labels = loaded
    # near_miss = denial
    # statement = blame IRN UN
    1	Iran	0	4	B-ACTOR
    2	accused	5	12	O
    3	the	13	16	B-TARGET
    4	UN	17	19	I-TARGET

A line has the token's number, its text, its start and end (in characters of the sentence), and a column for
each `# statement` of the sentence. `# statement` gives stance, actor_id and target_id, or `-` for none. An
unnamed party has an identity but no token. A token that belongs to both parties is `B-ACTOR|B-TARGET`.
`# doc_id` begins an article, `# newpar` marks a sentence that begins a paragraph, and a blank line ends a
sentence; other comments are fields of the article. Values with line breaks, surrounding spaces or unprintable
characters are written as JSON strings.

Everything in an article is kept; tokens are split where spans begin and end. A span with spaces at either end
is rejected. The text is that of `# text`; tokens are only checked against it.
"""
