"""Features of a sentence's own wording, outside quotations and without names: what its labels are learnt from."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from .mention_features import SentenceView

_NAMES = ("NAME", "NATIONALITY", "NUMBER")
_CHOSEN = ("amod", "advmod", "dobj", "nsubj", "acomp", "attr", "compound", "neg")
_LENGTHS = (10, 15, 20, 25, 30, 40)


def _pieces(view: SentenceView) -> Iterator[str]:
    """Runs of three to five letters of the words: "-istic", "brut-"."""
    for i, lemma in enumerate(view.lemmas):
        if (
            lemma not in _NAMES
            and not view.sentence.quoted[i]
            and view.parse.pos[i] not in ("PUNCT", "SPACE")
        ):
            word = f" {view.parse.words[i].lower()} "
            for n in (3, 4, 5):
                yield from (f"c:{word[k : k + n]}" for k in range(len(word) - n + 1))


def _grammar(view: SentenceView) -> Iterator[str]:
    """Which word stands under which, tags in a row, and the length."""
    parse = view.parse
    for i, dep in enumerate(parse.deps):
        if dep in _CHOSEN and not view.sentence.quoted[i]:
            yield f"d:{view.lemmas[parse.heads[i]]}<{dep}<{view.lemmas[i]}"
            yield f"d:{dep}<{view.lemmas[i]}"
    yield from (f"t:{a}_{b}_{c}" for a, b, c in zip(parse.tags, parse.tags[1:], parse.tags[2:], strict=False))
    yield from (f"length>{n}" for n in _LENGTHS if len(parse) > n)


def sentence_features(view: SentenceView) -> list[str]:
    """Names of the features of a sentence; all count one."""
    parse = view.parse
    shown = [
        (view.lemmas[i] if view.lemmas[i] != "NATIONALITY" else "NATIONALITY")
        if not view.sentence.quoted[i]
        else "QUOTED"
        for i in range(len(parse))
        if parse.pos[i] != "SPACE"
    ]
    kept = [w for k, w in enumerate(shown) if w != "QUOTED" or (k and shown[k - 1] != "QUOTED")]
    out = [f"w:{w}" for w in kept]
    out += [f"b:{a}_{b}" for a, b in itertools.pairwise(kept)]
    out += [f"p:{w[:5]}" for w in kept if len(w) > 6]
    out += [f"s:{w[-4:]}" for w in kept if len(w) > 6]
    adjectives = sum(
        parse.pos[i] in ("ADJ", "ADV") and not view.sentence.quoted[i] for i in range(len(parse))
    )
    out += [f"adjectives>{n}" for n in (2, 4, 6, 8) if adjectives > n]
    out += ["attributed"] if any("report_verb" in c for c in view.classes) else ["unattributed"]
    if "QUOTED" in kept:
        out.append("has quote")
    # One or two words in quotation marks may be scare quotes.
    runs, run = [], 0
    for q in [*view.sentence.quoted, False]:
        if q:
            run += 1
        elif run:
            runs.append(run)
            run = 0
    out += ["short quote"] if any(r <= 4 for r in runs) else []
    out += [*_pieces(view), *_grammar(view)]
    return list(dict.fromkeys(out))
