"""The scope of negation: which predicates a sentence says did not happen.

In "did not accuse", "refused to accuse", "stopped short of accusing", "made no accusation" and "has not made
an accusation", nobody accuses. Features of denied predicates are marked, as in Pang, Lee and Vaithyanathan
2002, "Thumbs up?", EMNLP. Verbs such as "refuse" deny their complement (Karttunen 1971, "Implicative verbs",
Language 47).
"""

from __future__ import annotations

from ...data.text.parse import Parse
from ...data.text.predicates import has_subject

_NEGATIONS = frozenset("never no neither nor hardly".split())
# Verbs that deny what their complement says.
_IMPLICIT = frozenset("refuse decline avoid refrain forbear fail omit neglect deny".split())
# Verbs that only carry a noun: "has not made a request", "issued no call".
_LIGHT = frozenset("make issue send give level lodge file voice have utter write".split())


def is_negated(parse: Parse, i: int) -> bool:
    """Whether token `i` has a negation of its own, or a negated subject ("nobody", "no envoy")."""
    for c in parse.children[i]:
        if parse.deps[c] == "neg" or parse.lemmas[c] in _NEGATIONS:
            return True
        if parse.deps[c] in ("nsubj", "nsubjpass") and (
            parse.lemmas[c] in ("nobody", "none") or any(parse.lemmas[d] == "no" for d in parse.children[c])
        ):
            return True
    return False


def denied_tokens(parse: Parse) -> frozenset[int]:
    """The indices of the predicates that a sentence denies."""
    denied: set[int] = set()
    queue = [i for i in range(len(parse)) if is_negated(parse, i)]
    queue += [i for i in range(len(parse)) if parse.lemmas[i] in _IMPLICIT or _stops_short(parse, i)]
    for i in dict.fromkeys(queue):
        implicit = parse.lemmas[i] in _IMPLICIT or _stops_short(parse, i)
        negated = is_negated(parse, i)
        if negated:
            denied.add(i)
        # "Did not refuse to condemn": two negations cancel out.
        if negated != implicit:
            denied.update(_complements(parse, i))
    return frozenset(denied)


def _stops_short(parse: Parse, i: int) -> bool:
    """Whether token `i` is the verb of "stopped short of accusing"."""
    return parse.lemmas[i] in ("stop", "fall") and any(parse.lemmas[c] == "short" for c in parse.children[i])


def _complements(parse: Parse, i: int, depth: int = 0) -> set[int]:
    """The predicates below a denied one that have no subject of their own, and those coordinated with it."""
    out: set[int] = set()
    if depth > 3:
        return out
    for c in parse.children[i]:
        dep = parse.deps[c]
        if dep in ("prep", "advmod") and parse.pos[c] in ("ADP", "ADV", "ADJ", "SCONJ"):
            # "Short of accusing", "from accusing".
            below = [p for p in _below_preposition(parse, c) if parse.deps[p] == "pcomp"]
        elif _is_complement(parse, i, c):
            below = [c]
        else:
            continue
        for b in below:
            out |= {b} | _complements(parse, b, depth + 1)
    return out


def _is_complement(parse: Parse, i: int, child: int) -> bool:
    dep = parse.deps[child]
    if dep == "dobj":
        return parse.lemmas[i] in _LIGHT
    if has_subject(parse, child):
        return False
    return dep in ("xcomp", "acl") or (dep == "conj" and _joined_by_or(parse, i))


def _below_preposition(parse: Parse, i: int) -> list[int]:
    below = list(parse.children[i])
    for c in parse.children[i]:
        if parse.deps[c] == "prep":
            below += parse.children[c]
    return below


def _joined_by_or(parse: Parse, i: int) -> bool:
    """Whether "or" or "nor" joins token `i` with another: "did not blame or condemn"."""
    return any(parse.deps[c] == "cc" and parse.lemmas[c] in ("or", "nor") for c in parse.children[i])
