"""Candidate mentions: noun phrases, pronouns and adjectives that may be the actor or target of a statement.

There is one candidate per head word, and one for the unnamed speaker of a sentence that is wholly quoted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from .parse import Parse
from .predicates import list_head, listed_before

MentionKind = Literal["noun", "name", "pronoun", "adjective", "speaker"]
# Trained models depend on this order.
MENTION_KINDS: tuple[MentionKind, ...] = get_args(MentionKind)

# Titles and offices before a name, which are not part of its span.
TITLES = frozenset(
    "president premier minister prime chancellor secretary state senator congressman congresswoman "
    "representative ambassador envoy general gen colonel col major maj captain capt lieutenant lt "
    "admiral adm commander brigadier brig sergeant sgt marshal chief director chairman chairwoman chair "
    "head spokesman spokeswoman spokesperson leader king queen prince princess sheikh sheik emir sultan "
    "ayatollah imam mullah pope archbishop bishop cardinal rabbi reverend rev father sister mr mrs ms "
    "miss dr prof professor sir dame lord lady baroness judge justice governor gov mayor deputy vice "
    "foreign defence defense interior security national council adviser advisor officer official "
    "correspondent analyst activist lawmaker mp press high commissioner attorney sen sens rep reps pres "
    "congressmember speaker former acting interim special under-secretary undersecretary "
    "secretary-general coordinator warlord rebel de facto of and for affairs".split()
)
# Capitalised common nouns: heads of the names of bodies and places, never of a person's.
OFFICES = frozenset(
    "ministry council army government parliament office department agency forces force guard guards "
    "navy command committee commission union front party movement assembly congress senate court police "
    "authority organisation organization coalition alliance administration republic state states "
    "kingdom city province region river sea strait gulf island islands valley airport street group "
    "association society institute university center centre foundation network observatory mission "
    "house embassy service services bank times post news radio television tv".split()
)
# Times and measures, which are never parties.
_CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june "
    "july august september october november december today yesterday tomorrow week month year day hour "
    "minute morning afternoon evening night midnight noon weekend decade century percent % km mile "
    "kilometer kilometre meter metre".split()
)
# Lower-case words within a person's name, and the marks that join its parts.
_PARTICLES = frozenset(
    "de di da del der den van von bin ibn al el ar as ad an at ben abu ould dos la le - '".split()
)
# Adjectives that stand for a party although they are not in any table.
_COLLECTIVE_ADJECTIVES = frozenset(
    "western international regional arab european african global opposition rebel government".split()
)
# Labels of spaCy: parts of speech and dependencies of the head of a noun phrase, dependencies of its other
# words.
_NOMINAL = frozenset("NOUN PROPN PRON DET ADJ NUM".split())
_ARGUMENTS = frozenset(
    "nsubj nsubjpass dobj dative pobj attr appos poss oprd conj ROOT agent npadvmod".split()
)
_INSIDE = frozenset("det amod compound nummod poss nmod quantmod advmod predet case aux neg".split())


@dataclass(frozen=True, slots=True)
class Mention:
    """A candidate.

    Attributes:
        head: the index of the head token; -1 for the unnamed speaker.
        first, last: the first and the last token of the phrase, both included.
        kind: what kind of phrase it is.
    """

    head: int
    first: int
    last: int
    kind: MentionKind


SPEAKER = Mention(-1, -1, -1, "speaker")


def _left_edge(parse: Parse, head: int) -> int:
    """The first token of a phrase, which begins with determiners, modifiers and compounds."""
    first = head
    for child in reversed([c for c in parse.children[head] if c < head]):
        if parse.deps[child] not in _INSIDE:
            break
        edge = min(parse.subtree(child))
        if any(
            parse.deps[j] in ("relcl", "acl", "ccomp", "punct") and parse.words[j] not in "-'\""
            for j in range(edge, child)
        ):
            break
        first = edge
    return first


def _name_runs(parse: Parse, named: set[int]) -> dict[int, int]:
    """Names of persons and places, as runs of capitalised words.

    The parse breaks foreign names apart ("Staffan de Mistura", "al-Assil"), so they are read from the words.
    Titles, offices and known parties end a run.

    Returns:
        The first token of each name by its last token.
    """
    runs: dict[int, int] = {}
    i = 0
    while i < len(parse):
        if not _is_name_word(parse, i, named):
            i += 1
            continue
        last, first = _run_end(parse, i, named), i
        # "al-Assil", "el-Sayed": the particle may be lower case and come first.
        while first >= 2 and parse.words[first - 1] == "-" and parse.words[first - 2].lower() in _PARTICLES:
            first -= 2
        runs[last] = first
        i = last + 1
    return runs


def _run_end(parse: Parse, first: int, named: set[int]) -> int:
    """The last token of the name that begins at token `first`."""
    last, j = first, first + 1
    while j < len(parse):
        if _is_name_word(parse, j, named):
            last, j = j, j + 1
        # A particle counts only if a name word follows it, or another particle and then one.
        elif parse.words[j].lower() in _PARTICLES and any(
            k < len(parse)
            and _is_name_word(parse, k, named)
            and all(parse.words[x].lower() in _PARTICLES for x in range(j, k))
            for k in (j + 1, j + 2)
        ):
            j += 1
        else:
            break
    # "Ban Ki-moon": words joined to a name by a hyphen are part of it.
    while (
        last + 2 < len(parse)
        and parse.words[last + 1] == "-"
        and parse.end(last) == parse.starts[last + 1]
        and parse.end(last + 1) == parse.starts[last + 2]
    ):
        last += 2
    return last


def _is_name_word(parse: Parse, i: int, named: set[int]) -> bool:
    word = parse.words[i]
    return (
        parse.pos[i] == "PROPN"
        and word[0].isupper()
        and i not in named
        and word.lower().rstrip(".") not in TITLES
        and word.lower() not in OFFICES
    )


def _right_edge(parse: Parse, head: int) -> int:
    """The last token of a phrase, which includes a following "of …" ("the families of two men")."""
    after = head + 1
    if after < len(parse) and parse.lemmas[after] == "of" and parse.heads[after] == head:
        for child in parse.children[after]:
            if parse.deps[child] == "pobj":
                last = child
                if parse.pos[child] != "PROPN":
                    last = _right_edge(parse, child)
                return last
    return head


def _kind(parse: Parse, i: int, named: set[int]) -> MentionKind | None:
    """The kind of the mention whose head is token `i`; None if it is not a candidate."""
    pos, tag, dep, lemma = parse.pos[i], parse.tags[i], parse.deps[i], parse.lemmas[i]
    if tag in ("WDT", "WP"):  # "lawmakers who called for …": the pronoun takes the stance
        return "pronoun" if dep in ("nsubj", "nsubjpass") and parse.deps[parse.heads[i]] == "relcl" else None
    if tag in ("WP$", "EX") or dep == "expl":
        return None
    if tag == "PRP$":
        return "pronoun"
    if pos == "PRON":
        return "pronoun" if tag == "PRP" or dep in _ARGUMENTS else None
    if i in named and dep in ("amod", "compound", "nmod"):
        return "adjective"
    if lemma in _COLLECTIVE_ADJECTIVES and dep in ("amod", "compound"):
        return "adjective"
    if pos in ("NOUN", "PROPN"):
        if dep == "compound" or lemma in _CALENDAR or (dep == "npadvmod" and i not in named):
            return None
        return "name" if pos == "PROPN" else "noun"
    if (
        pos in _NOMINAL
        and dep in ("nsubj", "nsubjpass", "dobj", "pobj", "conj")
        and (pos != "NUM" or dep in ("nsubj", "nsubjpass"))
    ):
        return "name" if i in named else "noun"
    if i in named and dep not in ("amod", "compound", "nmod"):
        return "name"
    return None


def _person_apposition(parse: Parse, head: int, runs: dict[int, int]) -> int | None:
    """The last token of the name in apposition to a title: "his defence minister, Sergei Shoigu"."""
    if parse.pos[head] not in ("NOUN", "PROPN") or parse.lemmas[head].rstrip(".") not in TITLES:
        return None
    # Read from the words, as the parse may attach the name elsewhere: "The UN envoy to Syria, Staffan de
    # Mistura".
    for last, first in runs.items():
        if (
            head < first <= head + 8
            and parse.words[first - 1] == ","
            and (head in (parse.heads[last], *parse.ancestors(last)[:3]))
        ):
            between = range(head + 1, first - 1)
            if all(parse.pos[j] in ("ADP", "PROPN", "NOUN", "DET", "ADJ", "CCONJ", "PART") for j in between):
                return last
    return None


def find_mentions(parse: Parse, names: list[tuple[int, int]], unnamed_speaker: bool) -> list[Mention]:
    """The candidates of a sentence, in order of their heads.

    Args:
        names: the character spans of known parties in the masked text.
        unnamed_speaker: whether the whole sentence is quoted, so that it does not name its speaker; then
            `SPEAKER` is the last candidate.
    """
    spans = set(names)
    named = {i for i in range(len(parse)) if (parse.starts[i], parse.end(i)) in spans}
    runs = _name_runs(parse, named)
    out: list[Mention] = []
    inside_name = {i for last, first in runs.items() for i in range(first, last)}
    for i in range(len(parse)):
        kind = _kind(parse, i, named)
        if (
            kind is None
            and i in runs
            and parse.deps[i] not in ("compound", "amod")
            and parse.lemmas[i] not in _CALENDAR
        ):
            kind = "name"
        if kind is None or i in inside_name:
            continue
        if kind in ("pronoun", "adjective"):
            out.append(Mention(i, i, i, kind))
            continue
        person = _person_apposition(parse, i, runs)
        if person is not None:
            inside_name.add(person)
            out.append(Mention(i, runs[person], person, "name"))
            continue
        first = _left_edge(parse, i)
        if i in runs:
            out.append(Mention(i, runs[i], i, kind))
        else:
            out.append(Mention(i, first, _right_edge(parse, i), kind))
    if unnamed_speaker:
        out.append(SPEAKER)
    return out


def apposed(parse: Parse, a: Mention, b: Mention) -> bool:
    """Whether one mention is an apposition of the other ("Oman's envoy, a former judge")."""
    return any(
        x.head >= 0
        and parse.deps[x.head] == "appos"
        and parse.heads[x.head] == y.head
        and listed_before(parse, x.head) is None
        for x, y in ((a, b), (b, a))
    )


def coordinated(parse: Parse, a: Mention, b: Mention) -> bool:
    """Whether two mentions are members of one list ("B and C"); see `list_head`."""
    return a.head >= 0 and b.head >= 0 and list_head(parse, a.head) == list_head(parse, b.head)


def nested(a: Mention, b: Mention) -> bool:
    """Whether one mention is part of the other ("Turkish" in "Turkish officials")."""
    return (
        a.head >= 0
        and b.head >= 0
        and a != b
        and (a.first <= b.head <= a.last or b.first <= a.head <= b.last)
    )


def naming(parse: Parse, a: Mention, b: Mention) -> Mention:
    """The one of two mentions in apposition that names the party: the name, else the first."""
    if (a.kind == "name") != (b.kind == "name"):
        return a if a.kind == "name" else b
    return a if a.head < b.head else b
