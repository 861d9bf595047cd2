"""Questions: "Do you blame Hamas?" asks for a stance but does not take one."""

from __future__ import annotations

from .analysis import AnalysedSentence
from .mentions import Mention

# Marks after the question mark.
_CLOSING = " \n\"'”’)]"
# "Why did Iran say that Israel is to blame?" reports no stance; "Chad, which blames Sudan, asked why?" does.
_CLAUSES = ("relcl", "advcl", "acl")


def asks(sentence: AnalysedSentence, mention: Mention) -> bool:
    """Whether a mention is only in a question: what its sentence asks, not what else it reports.

    A party outside the quotation that holds the question reports it (`Chad said: "Why …?"`), and so does one
    whose predicate is in a relative or adverbial clause ("when Obama called on Assad to go").
    """
    text = sentence.segment.plain.text.rstrip(_CLOSING)
    if not text.endswith("?"):
        return False
    if mention.head < 0:
        return True
    parse = sentence.parse
    marks = [i for i in range(len(parse)) if parse.words[i].endswith("?")]
    if marks and sentence.quoted[marks[-1]] != sentence.quoted[mention.head]:
        return False
    own = [i for i, _ in sentence.predicates(mention)]
    return not any(parse.deps[j] in _CLAUSES for i in own for j in (i, *parse.ancestors(i)))
