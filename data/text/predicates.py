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


def _closed(parse: Parse, last: int) -> bool:
    """Whether a comma, a bracket or a dash follows token `last`, or the sentence ends."""
    return last + 1 >= len(parse) or parse.pos[last + 1] == "PUNCT"


def _is_listed(parse: Parse, i: int) -> bool:
    """Whether an apposition is rather the next member of a list: "Oman, Qatar and Egypt urged …".

    A comma follows an apposition ("Oman's envoy, a former judge, urged …"), but not the end of a list.
    Without an "and", only bare names are a list ("Oman, Qatar urge restraint").
    """
    before = parse.heads[i]
    if before > i or _closed(parse, max(parse.subtree(i))):
        return False
    # "The army chief, General Barre and his deputy".
    named_after_noun = parse.pos[before] == "NOUN" and parse.pos[i] == "PROPN"
    if named_after_noun and not any(parse.deps[c] == "det" for c in parse.children[i]):
        return False
    if any(parse.deps[c] == "conj" for c in parse.children[i]):
        return True
    return all(
        parse.pos[j] == "PROPN" and not any(c < j and parse.deps[c] != "punct" for c in parse.children[j])
        for j in (before, i)
    )


def _before_in_headline(parse: Parse, i: int) -> int | None:
    """The name before a subject and a comma, which is read as an adverbial: "Oman, Qatar urge restraint"."""
    if parse.deps[i] != "nsubj" or parse.pos[i] != "PROPN":
        return None
    j = i - 2
    adverbial = j >= 0 and parse.words[i - 1] == "," and parse.heads[j] == parse.heads[i]
    return j if adverbial and parse.deps[j] == "npadvmod" and parse.pos[j] == "PROPN" else None


def _accompanied(parse: Parse, i: int) -> int | None:
    """The noun that token `i` accompanies: "Oman, together with Qatar, urged …"."""
    prep = parse.heads[i]
    if parse.deps[i] != "pobj" or parse.lemmas[prep] != "with" or not prep:
        return None
    if parse.words[prep - 1].lower() not in ("along", "together"):
        return None
    at = parse.heads[prep] if parse.heads[prep] != prep - 1 else parse.heads[prep - 1]
    if parse.pos[at] in ("VERB", "AUX"):
        return next((c for c in parse.children[at] if parse.deps[c] == "nsubj" and c < prep), None)
    return at if at < prep and parse.pos[at] in ("NOUN", "PROPN", "PRON") else None


def listed_before(parse: Parse, i: int) -> int | None:
    """The member of a list of noun phrases before the one whose head is token `i`; None if there is none.

    Besides coordination in the parse, these are lists that parsers take for something else: "the army, the
    police and the guard" for an apposition, "Oman, Qatar urge restraint" for an adverbial, and "Oman, along
    with Qatar".
    """
    if parse.deps[i] == "conj" or (parse.deps[i] == "appos" and _is_listed(parse, i)):
        return parse.heads[i]
    before = _before_in_headline(parse, i)
    return _accompanied(parse, i) if before is None else before


def list_head(parse: Parse, i: int) -> int:
    """The head of the first member of the list in which the phrase with head `i` is; `i` if in none."""
    seen = {i}
    while (before := listed_before(parse, i)) is not None and before not in seen:
        i = before
        seen.add(i)
    return i


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
    # The members of a list and appositions have the predicates of the first one.
    while (before := _first_of(parse, i)) is not None and before not in seen:
        i = before
        seen.add(i)
    if parse.heads[i] != i:
        out += _governing(parse, i)
    elif parse.pos[head] in ("NOUN", "PROPN"):
        out.append(Predicate(head, "SELF"))
    return tuple(dict.fromkeys(out))


def _first_of(parse: Parse, i: int) -> int | None:
    """The noun phrase whose predicates are those of token `i` too, if any."""
    before = parse.heads[i] if parse.deps[i] in ("conj", "appos") else _accompanied(parse, i)
    if before is None or parse.pos[before] not in ("NOUN", "PROPN", "PRON", "ADJ"):
        return None
    return before


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
