"""Which predicates a mention is an argument of, and how: the grammar that the features stand on.

Passives, control ("moved to condemn"), participles ("…, accusing it of"), relative clauses, coordination and nominal
predicates ("Kyiv's call for", "criticism from Paris") are brought to one form: (predicate token, relation), where the
relation is SUBJ, OBJ, IOBJ, POSS, MOD, OBL:<preposition> or NMOD:<preposition>.
"""

from __future__ import annotations

from .parse import Parse

Frame = tuple[int, str]
_SUBJECTS = ("nsubj", "nsubjpass", "csubj")


def has_subject(parse: Parse, verb: int) -> bool:
    return any(parse.deps[c] in _SUBJECTS for c in parse.children[verb])


def is_passive(parse: Parse, verb: int) -> bool:
    if any(parse.deps[c] in ("auxpass", "nsubjpass") for c in parse.children[verb]):
        return True
    return parse.deps[verb] == "acl" and parse.tags[verb] == "VBN"


def _shared(parse: Parse, verb: int, relation: str, depth: int = 0) -> list[Frame]:
    """The verb itself, and those that take its subject as theirs."""
    out: list[Frame] = [(verb, relation)]
    if depth > 3 or relation not in ("SUBJ", "OBJ"):
        return out
    object_controls = any(parse.deps[c] in ("dobj", "dative") for c in parse.children[verb])
    for child in parse.children[verb]:
        dep = parse.deps[child]
        if dep in ("acomp", "attr", "oprd") and relation == "SUBJ":
            out.append((child, "SUBJ"))
        if dep == "prep" and parse.lemmas[verb] == "be" and relation == "SUBJ":
            out.append((child, "SUBJ"))
        if parse.pos[child] not in ("VERB", "AUX") or has_subject(parse, child):
            continue
        takes = "OBJ" if is_passive(parse, child) else "SUBJ"
        subject_here = relation == ("OBJ" if is_passive(parse, verb) else "SUBJ")
        if (
            (dep == "conj" and child > verb and subject_here)
            or (dep == "xcomp" and subject_here != object_controls)
            or (dep == "xcomp" and not subject_here and object_controls)
            or (dep == "advcl" and subject_here and parse.tags[child] in ("VBG", "VBN"))
        ):
            out += _shared(parse, child, takes, depth + 1)
    for prep in parse.children[verb]:
        if parse.deps[prep] == "prep" and relation == "SUBJ":
            out += [
                (c, "SUBJ")
                for c in parse.children[prep]
                if parse.deps[c] == "pcomp" and parse.pos[c] == "VERB"
            ]
    return out


def _of_relative(parse: Parse, noun: int) -> list[Frame]:
    """What a noun does in the clauses that hang on it: relative clauses and participles."""
    out: list[Frame] = []
    for child in parse.children[noun]:
        dep = parse.deps[child]
        if dep == "relcl" and parse.pos[child] in ("VERB", "AUX"):
            inner = [c for c in parse.children[child] if parse.deps[c] in _SUBJECTS]
            if not inner:
                out += _shared(parse, child, "OBJ" if is_passive(parse, child) else "SUBJ")
            elif not any(
                parse.tags[c] in ("WDT", "WP") for c in inner
            ):  # otherwise the pronoun is the one that does it
                out.append((child, "OBJ"))
        elif dep in ("acl", "advcl") and parse.pos[child] == "VERB":
            if parse.tags[child] == "VBG":
                out += _shared(parse, child, "SUBJ")
            elif parse.tags[child] == "VBN":
                out.append((child, "OBJ"))
    return out


def frames(parse: Parse, head: int) -> list[Frame]:
    """The frames of the mention whose head is token `head`, nearest first, none twice."""
    out: list[Frame] = []
    i, seen = head, {head}
    out += _of_relative(parse, head)
    # Coordinated noun phrases and appositions stand where their first one stands.
    while (
        parse.deps[i] in ("conj", "appos")
        and parse.pos[parse.heads[i]] in ("NOUN", "PROPN", "PRON", "ADJ")
        and parse.heads[i] not in seen
    ):
        i = parse.heads[i]
        seen.add(i)
    up, dep = parse.heads[i], parse.deps[i]
    if up != i:
        if dep == "nsubj":
            out += _shared(parse, up, "SUBJ")
        elif dep == "nsubjpass":
            out += _shared(parse, up, "OBJ")
        elif dep == "dobj":
            out += (
                _shared(parse, up, "OBJ")
                if any(parse.deps[c] == "xcomp" for c in parse.children[up])
                else [(up, "OBJ")]
            )
        elif dep == "dative":
            out.append((up, "IOBJ"))
        elif dep == "poss":
            out.append((up, "POSS"))
        elif dep in ("amod", "compound", "nmod"):
            out.append((up, "MOD"))
        elif dep in ("attr", "oprd", "npadvmod"):
            out.append((up, dep.upper()))
        elif dep == "pobj":
            prep, at = parse.lemmas[up], parse.heads[up]
            if parse.deps[up] == "agent" or (prep == "by" and parse.tags[at] == "VBN"):
                out.append((at, "SUBJ"))
            elif parse.deps[at] == "prep":  # "according to", "out of"
                out.append((parse.heads[at], f"OBL:{parse.lemmas[at]}_{prep}"))
            else:
                out.append((at, f"{'OBL' if parse.pos[at] in ('VERB', 'AUX') else 'NMOD'}:{prep}"))
    elif parse.pos[head] in ("NOUN", "PROPN"):
        out.append((head, "SELF"))
    return list(dict.fromkeys(out))
