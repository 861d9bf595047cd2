"""The words right before and after a person's name, which may introduce them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..text.analysis import AnalysedSentence
from ..text.gazetteer import Name
from ..text.mentions import Mention
from .nouns import PRIVATE, REBEL, TITLED

# A phrase introduces a person only if one of these words is in it.
INTRODUCING = TITLED | PRIVATE | REBEL | {"mr", "gen", "col", "lt", "capt", "rep", "sen"}
# "…, who heads the UN mission": verbs after which the relative clause names an office.
_LEADING = frozenset({"head", "lead", "run", "chair", "command", "represent", "speak", "serve", "direct"})
# "U.S.-backed", "Saudi-led"; "pro-Russian", "anti-Taliban".
_ATTACHED = re.compile(r"[-\u2010\u2011](?:[a-z]+ed|led|run|born|friendly|leaning|made)\b")
_ALIGNED = re.compile(r"\b(?:[Pp]ro|[Aa]nti)[-\u2010\u2011 ]$")
# Ranks and forms of address, which do not say for whom a person speaks.
_RANKS = frozenset(
    "gen general col colonel lt lieutenant maj major capt captain adm admiral brig brigadier sgt sergeant "
    "cmdr commander dr mr mrs ms".split()
)
_IN_TITLES = frozenset({"NOUN", "PROPN", "ADJ", "PART", "DET", "ADP", "PRON", "NUM"})


def name_key(name: str) -> str:
    """What an article calls a person later: the last word of the name, in lower case, without "al-"."""
    last = re.sub(r"['’]s?$", "", name.split()[-1]) if name.split() else name
    return re.sub(r"^(al|el|ar|as|ad|an|at|ash)[-‑]", "", last.lower())


def mention_key(sentence: AnalysedSentence, mention: Mention) -> str:
    """The `name_key` of a mention; empty for the unnamed speaker."""
    span = sentence.span(mention)
    return name_key(sentence.segment.text[span[0] : span[1]]) if span else ""


def observed_for(parties: Sequence[Name]) -> Name | None:
    """The state of an observer at an organisation: "the Palestinian U.N. observer".

    Args:
        parties: those that the phrase names, in order.
    """
    at_body = any(x.party.kind == "organisation" for x in parties)
    return parties[0] if at_body and parties[0].party.kind == "state" else None


def original_words(sentence: AnalysedSentence, tokens: Sequence[int]) -> str:
    """The article's own text from the first of these tokens to the last; the parse has masked names."""
    if not tokens:
        return ""
    return sentence.segment.text[sentence.token_span(tokens[0])[0] : sentence.token_span(tokens[-1])[1]]


def own_names(sentence: AnalysedSentence, tokens: Iterable[int]) -> list[Name]:
    """The known names of these tokens, in order, without duplicates.

    Names that only say whom the phrase is for, against or backed by are left out ("U.S.-backed",
    "pro-Russian").
    """
    names = dict.fromkeys(x for i in tokens if (x := sentence.name_at(i)) is not None)
    text = sentence.segment.text
    return [
        x for x in names if not _ATTACHED.match(text, x.end) and not _ALIGNED.search(text[: x.start][-8:])
    ]


def phrase_before(sentence: AnalysedSentence, mention: Mention) -> list[int]:
    """The tokens of a title before a name: "Armenian Prime Minister", "the US secretary of state,"."""
    parse, i = sentence.parse, mention.first - 1
    comma = i >= 1 and parse.words[i] == ","
    tokens = _title_tokens(sentence, i - comma)
    # "an Israeli spokeswoman, Lt. Col. Ruth Adler": the rank alone does not say whose it is.
    if tokens and tokens[0] >= 3 and parse.words[tokens[0] - 1] == "," and _only_ranks(sentence, tokens):
        described = _title_tokens(sentence, tokens[0] - 2)
        if (
            described
            and parse.pos[described[0]] in ("DET", "PRON", "PROPN", "ADJ")
            and _offices(sentence, described)
        ):
            return described
    office = _offices(sentence, tokens)
    if not office:
        return []
    # "the US secretary of state, Ann Reed", "as secretary of state, Ann Reed"
    begins = tokens[0] and parse.words[tokens[0] - 1].lower() == "as"
    if (
        comma
        and (len(tokens) < 2 or parse.pos[tokens[0]] not in ("DET", "PRON", "PROPN", "ADJ"))
        and not begins
    ):
        return []
    return tokens


def _offices(sentence: AnalysedSentence, tokens: Sequence[int]) -> list[int]:
    """The tokens of a title that may introduce a person."""
    parse = sentence.parse
    return [
        k for k in tokens if parse.lemmas[k].rstrip(".") in INTRODUCING and parse.tags[k] in ("NN", "NNP")
    ]


def _only_ranks(sentence: AnalysedSentence, tokens: Sequence[int]) -> bool:
    return all(
        sentence.parse.words[k].lower().rstrip(".") in _RANKS or sentence.parse.words[k] == "."
        for k in tokens
    )


def _title_tokens(sentence: AnalysedSentence, last: int) -> list[int]:
    """The noun phrase that ends at token `last`, of at most ten tokens."""
    parse, i = sentence.parse, last
    tokens: list[int] = []
    while i >= 0 and len(tokens) < 10:
        pos = parse.pos[i]
        if (
            parse.words[i] == "-"
            and tokens
            and parse.starts[i] == parse.end(i - 1)
            and parse.end(i) == parse.starts[i + 1]
        ):
            i -= 1  # "Secretary-General"
            continue
        if pos not in _IN_TITLES or (pos == "ADP" and parse.lemmas[i] not in ("of", "for", "to")):
            break
        if pos == "PRON" and parse.tags[i] != "PRP$":
            break
        tokens.insert(0, i)
        # "the ambassador to the United Nations, Ann Reed": "the" after a preposition does not end the title.
        within = i > 0 and parse.lemmas[i - 1] in ("of", "for", "to")
        if (pos == "DET" and not within) or pos == "PRON":
            break
        i -= 1
    while tokens and parse.pos[tokens[0]] in ("ADP", "PART"):
        tokens.pop(0)
    return tokens


def phrase_after(sentence: AnalysedSentence, mention: Mention) -> list[int]:
    """The tokens of a description after a name: ", Germany's chancellor,", ", a shopkeeper", " of the UN"."""
    parse, i = sentence.parse, mention.last + 1
    if i >= len(parse):
        return []
    if parse.words[i] in (",", "(", "–", "-", "—"):
        return _apposition(sentence, i)
    if parse.lemmas[i] in ("of", "from") and mention.first <= parse.heads[i] <= mention.last:
        return [j for j in parse.subtree(i) if j != i][:8]
    return []


def _apposition(sentence: AnalysedSentence, opening: int) -> list[int]:
    """The tokens between the comma, bracket or dash at `opening` and the one that closes it."""
    parse = sentence.parse
    closing = {"(": ")"}.get(parse.words[opening], parse.words[opening])
    tokens: list[int] = []
    for j in range(opening + 1, min(len(parse), opening + 18)):
        if parse.words[j] == closing or parse.words[j] in (".", ";", ":", '"'):
            break
        if not tokens and parse.lemmas[j] == "who":
            return _relative_clause(sentence, j)
        if not tokens and parse.lemmas[j] in ("which", "whose", "where", "when", "but", "and"):
            return []
        if parse.pos[j] in ("VERB", "AUX"):
            break
        tokens.append(j)
    return tokens if any(parse.lemmas[k].rstrip(".") in INTRODUCING for k in tokens) else []


def _relative_clause(sentence: AnalysedSentence, who: int) -> list[int]:
    """The tokens of "…, who heads the UN mission", if its verb is one of leading."""
    parse = sentence.parse
    tokens: list[int] = []
    for j in range(who + 1, min(len(parse), who + 9)):
        if parse.words[j] in (",", ".", ";", '"'):
            break
        tokens.append(j)
    if tokens and parse.lemmas[tokens[0]] == "be":  # "who is the president's security adviser"
        return tokens[1:] if any(parse.lemmas[k] in INTRODUCING for k in tokens) else []
    return tokens if tokens and parse.lemmas[tokens[0]] in _LEADING else []
