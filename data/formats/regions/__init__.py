"""An article as a text with labelled regions and links: what Label Studio, doccano and brat share.

The labels of regions are, for a codebook with `blame` and `loaded`:

    blame:actor, blame:target                   the words of a party
    blame:unnamed actor, blame:unnamed target   any words of the sentence: the party is not named in it
    loaded                                      any words of the sentence: it has this label
    near miss                                   any words of the sentence: it is one; the note gives its kind

A link goes from an actor to its target. Each link of an actor is a statement; an actor without links has one
statement without target. The note of a party is its identity (ARM). A region is within one sentence, apart
from surrounding spaces. The offsets of the sentences are a field of the article, `sentences`:
[{"start", "end", "para"}]; without it the text is split as for scoring, so that texts without metadata can be
annotated too.

Every statement has its own regions, even if statements share a party, so that a party can be corrected in one
statement without changing the others.
"""
