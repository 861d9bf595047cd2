"""How a sentence carries a statement: quoted, as reported speech, or in the outlet's own words.

Only the text decides, by quotation marks and words of saying, so that records and annotations are judged
alike, without a model or a parse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from ..text.quotations import canonical_marks, quoted_ranges

Voice = Literal["quoted", "reported", "unattributed"]
VOICES: tuple[Voice, ...] = ("quoted", "reported", "unattributed")
# Fewer words between quotation marks are a term or a scare quote rather than a statement.
MIN_QUOTED_WORDS = 3

_VERBS = """accuse acknowledge add admit advise advocate affirm allege announce appeal argue ask assail
assert assure attribute beg berate beseech blame blast boast call castigate caution censure charge chide
cite claim comment complain concede condemn confirm contend counter criticise criticize cry declare decry
demand denounce deny deplore describe disclose dismiss dispute emphasise emphasize encourage entreat
estimate exclaim exhort explain express fault implore indicate inform insist instruct invite lambast
lambaste lament maintain mention mock note observe order petition plead pledge post press proclaim promise
propose protest push question quote rail rebuke recall recommend refute reiterate reject remark remind
repeat reply report request respond retort reveal scold scorn slam state stress suggest summon testify
threaten tout tweet underline urge voice vow warn whisper"""
_IRREGULAR = """believe believed believes knew know knows said say saying says seek seeks sought speak
speaks spoke spoken tell telling tells think thinks thought told want wanted wants write writes written
wrote"""
_NOUNS = """accusation allegation announcement assertion briefing comment complaint condemnation criticism
declaration denial denunciation editorial insistence interview letter message plea proclamation remark
resolution speech spokesman spokesmen spokespeople spokesperson spokeswoman statement testimony ultimatum
warning"""
_SOURCES = r"according to|in (?:the )?(?:words|eyes|view|opinion) of|so-called"
# Verbs of one syllable, or with the stress on the last, that double their final consonant.
_DOUBLED = frozenset({"admit", "beg", "slam"})


def _forms(verb: str) -> Iterator[str]:
    """The regular forms of a verb: "urge, urges, urged, urging"."""
    yield verb
    if verb.endswith("y") and verb[-2] not in "aeiou":
        yield from (f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing")
    elif verb.endswith("e"):
        yield from (f"{verb}s", f"{verb}d", f"{verb[:-1]}ing")
    else:
        stem = verb + verb[-1] if verb in _DOUBLED else verb
        yield from (
            f"{verb}es" if verb.endswith(("s", "sh", "ch")) else f"{verb}s",
            f"{stem}ed",
            f"{stem}ing",
        )


def _pattern() -> re.Pattern[str]:
    forms = {form for verb in _VERBS.split() for form in _forms(verb)} | set(_IRREGULAR.split())
    forms |= {form for noun in _NOUNS.split() for form in (noun, f"{noun}s")}
    return re.compile(rf"\b(?:{'|'.join(sorted(forms))}|{_SOURCES})\b", re.IGNORECASE)


_SAYING = _pattern()


def voice(sentence: str, *, named: bool = True) -> Voice:
    """How a sentence carries a statement that is made in it.

    Args:
        sentence: the text of the sentence.
        named: whether the sentence names the actor. If not, it is within a quotation or a speaker's turn.

    Returns:
        `quoted`: at least three words are within quotation marks, or the actor is not named; `reported`:
        a word of saying ("accused", "according to", "statement") says that somebody says it;
        `unattributed`: neither, so that the outlet carries it in its own words.
    """
    if not named:
        return "quoted"
    text = canonical_marks(sentence, [(0, len(sentence))])
    if any(len(text[a:b].split()) >= MIN_QUOTED_WORDS for a, b in quoted_ranges(text)):
        return "quoted"
    return "reported" if _SAYING.search(text) else "unattributed"
