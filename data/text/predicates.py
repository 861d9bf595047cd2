"""Which predicates a mention is an argument of, and in what relation: the basis of the features.

Passives, control ("moved to condemn"), participles ("…, accusing it of"), relative clauses, coordination and
nominal predicates ("Kyiv's call for", "criticism from Paris") all get the same form, a `Predicate`.
"""

from __future__ import annotations

from typing import NamedTuple

from .parse import Parse

_SUBJECTS = ("nsubj", "nsubjpass", "csubj")
# Dependencies that lead to one predicate and no further.
_RELATIONS = {
    "dative": "IOBJ",
    "poss": "POSS",
    "amod": "MOD",
    "compound": "MOD",
    "nmod": "MOD",
    "attr": "ATTR",
    "oprd": "OPRD",
    "npadvmod": "NPADVMOD",
}


class Predicate(NamedTuple):
    """A predicate of a mention.

    Attributes:
        token: the index of the predicate in the parse.
        relation: how the mention depends on it: SUBJ, OBJ, IOBJ, POSS, MOD, ATTR, OPRD, NPADVMOD,
            OBL:<preposition> or NMOD:<preposition>; SELF if the mention is the root of its sentence.
    """

    token: int
    relation: str


def has_subject(parse: Parse, verb: int) -> bool:
    """Whether a verb has a subject of its own."""
    return any(parse.deps[c] in _SUBJECTS for c in parse.children[verb])


def is_passive(parse: Parse, verb: int) -> bool:
    """Whether a verb is in the passive voice; a participle after a noun ("towns shelled by") is, too."""
    if any(parse.deps[c] in ("auxpass", "nsubjpass") for c in parse.children[verb]):
        return True
    return parse.deps[verb] == "acl" and parse.tags[verb] == "VBN"


def _shared(parse: Parse, verb: int, relation: str, depth: int = 0) -> list[Predicate]:
    """The verb itself, and the predicates that share its argument: "moved to condemn", "is ready to help"."""
    out = [Predicate(verb, relation)]
    if depth > 3 or relation not in ("SUBJ", "OBJ"):
        return out
    object_controls = any(parse.deps[c] in ("dobj", "dative") for c in parse.children[verb])
    for child in parse.children[verb]:
        dep = parse.deps[child]
        if dep in ("acomp", "attr", "oprd") and relation == "SUBJ":
            out.append(Predicate(child, "SUBJ"))
        if dep == "prep" and parse.lemmas[verb] == "be" and relation == "SUBJ":
            out.append(Predicate(child, "SUBJ"))
        if parse.pos[child] not in ("VERB", "AUX") or has_subject(parse, child):
            continue
        takes = "OBJ" if is_passive(parse, child) else "SUBJ"
        subject_here = relation == ("OBJ" if is_passive(parse, verb) else "SUBJ")
        if (
            (dep == "conj" and child > verb and subject_here)
            or (dep == "xcomp" and subject_here != object_controls)
            or (dep == "advcl" and subject_here and parse.tags[child] in ("VBG", "VBN"))
        ):
            out += _shared(parse, child, takes, depth + 1)
    for prep in parse.children[verb]:
        if parse.deps[prep] == "prep" and relation == "SUBJ":
            out += [
                Predicate(c, "SUBJ")
                for c in parse.children[prep]
                if parse.deps[c] == "pcomp" and parse.pos[c] == "VERB"
            ]
    return out


def _of_relative(parse: Parse, noun: int) -> list[Predicate]:
    """The predicates of a noun in its own relative clauses and participles."""
    out: list[Predicate] = []
    for child in parse.children[noun]:
        dep = parse.deps[child]
        if dep == "relcl" and parse.pos[child] in ("VERB", "AUX"):
            inner = [c for c in parse.children[child] if parse.deps[c] in _SUBJECTS]
            if not inner:
                out += _shared(parse, child, "OBJ" if is_passive(parse, child) else "SUBJ")
            # With a relative pronoun as subject, the pronoun is a mention of its own.
            elif not any(parse.tags[c] in ("WDT", "WP") for c in inner):
                out.append(Predicate(child, "OBJ"))
        elif dep in ("acl", "advcl") and parse.pos[child] == "VERB":
            if parse.tags[child] == "VBG":
                out += _shared(parse, child, "SUBJ")
            elif parse.tags[child] == "VBN":
                out.append(Predicate(child, "OBJ"))
    return out


def predicates(parse: Parse, head: int) -> tuple[Predicate, ...]:
    """The predicates of the mention whose head is token `head`, nearest first, without duplicates."""
    out = _of_relative(parse, head)
    i, seen = head, {head}
    # Coordinated noun phrases and appositions have the predicates of the first one.
    while (
        parse.deps[i] in ("conj", "appos")
        and parse.pos[parse.heads[i]] in ("NOUN", "PROPN", "PRON", "ADJ")
        and parse.heads[i] not in seen
    ):
        i = parse.heads[i]
        seen.add(i)
    if parse.heads[i] != i:
        out += _governing(parse, i)
    elif parse.pos[head] in ("NOUN", "PROPN"):
        out.append(Predicate(head, "SELF"))
    return tuple(dict.fromkeys(out))


def _governing(parse: Parse, i: int) -> list[Predicate]:
    """The predicates that token `i` depends on."""
    up, dep = parse.heads[i], parse.deps[i]
    if dep == "nsubj":
        return _shared(parse, up, "SUBJ")
    if dep == "nsubjpass":
        return _shared(parse, up, "OBJ")
    if dep == "dobj":
        controls = any(parse.deps[c] == "xcomp" for c in parse.children[up])
        return _shared(parse, up, "OBJ") if controls else [Predicate(up, "OBJ")]
    if dep == "pobj":
        return [_of_preposition(parse, up)]
    return [Predicate(up, _RELATIONS[dep])] if dep in _RELATIONS else []


def _of_preposition(parse: Parse, prep: int) -> Predicate:
    """The predicate of the object of the preposition at token `prep`."""
    word, at = parse.lemmas[prep], parse.heads[prep]
    if parse.deps[prep] == "agent" or (word == "by" and parse.tags[at] == "VBN"):
        return Predicate(at, "SUBJ")
    if parse.deps[at] == "prep":  # "according to", "out of"
        return Predicate(parse.heads[at], f"OBL:{parse.lemmas[at]}_{word}")
    return Predicate(at, f"{'OBL' if parse.pos[at] in ('VERB', 'AUX') else 'NMOD'}:{word}")
