"""Named binary features of a mention in its sentence, independent of the names of parties.

Every lemma that may be a name is replaced by its kind (NAME, NATIONALITY, NUMBER), so that no weight depends
on a party.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from ...data.text.analysis import AnalysedSentence
from ...data.text.mentions import Mention
from ...data.text.parse import Parse
from ...data.text.predicates import Predicate, is_passive
from .lexicon import word_classes
from .negation import denied_tokens

WINDOW = 4
_FINITE = ("VBD", "VBZ", "VBP", "MD")
# Classes of verbs that take a stance or report one.
_STATING = frozenset(("blame_verb", "appeal_verb", "report_verb", "announce_verb"))
_CLAUSAL = ("ccomp", "xcomp", "advcl", "conj", "parataxis", "relcl", "acl", "pcomp")


class SentenceView:
    """A sentence with what is computed once for the features of all its mentions.

    Attributes:
        lemmas: the lemma of each token, names replaced by their kinds.
        classes: the word classes of each token, see `lexicon.toml`; marked for denied tokens.
        denied: the indices of denied predicates, see `negation`.
        heads: the head of each mention.
        finite: the indices of the finite verbs, without be, have and do.
        bag: features of the words of the whole sentence; `topics` are those of word classes.
    """

    def __init__(self, sentence: AnalysedSentence) -> None:
        self.sentence = sentence
        self.parse = parse = sentence.parse
        classes, self.denied = word_classes(), denied_tokens(parse)
        self.lemmas: list[str] = []
        self.classes: list[tuple[str, ...]] = []
        for i, lemma in enumerate(parse.lemmas):
            if parse.pos[i] == "PROPN":
                shown = "NAME" if lemma not in classes else lemma
            elif (
                parse.words[i][0].isupper() and parse.pos[i] in ("ADJ", "NOUN") and i and lemma not in classes
            ):
                shown = "NATIONALITY"
            elif parse.pos[i] == "NUM":
                shown = "NUMBER"
            else:
                shown = lemma
            self.lemmas.append(shown)
            own = classes.get(lemma, ())
            self.classes.append(tuple(f"not-{c}" for c in own) if i in self.denied else own)
        self.complements: dict[int, list[str]] = {}
        self.heads = [m.head for m in sentence.mentions]
        self.finite = [
            i
            for i in range(len(parse))
            if parse.tags[i] in _FINITE and parse.lemmas[i] not in ("be", "have", "do")
        ]
        self.bag = self._bag()
        self.topics = [feature for feature in self.bag if "#" in feature]

    def predicate(self, i: int) -> list[str]:
        """The parts of feature names that stand for a predicate: its lemma and classes, marked if denied."""
        return [self.marked(i), *(f"#{c}" for c in self.classes[i])]

    def marked(self, i: int) -> str:
        """The lemma of a token, marked if it is denied."""
        return f"not-{self.lemmas[i]}" if i in self.denied else self.lemmas[i]

    def attributes(self, i: int) -> bool:
        """Whether the clause of token `i` has somebody else take a stance ("said that Paris had accused …").

        A pronoun as its subject does not count: it often is the one who speaks.
        """
        return bool(_STATING & set(self.classes[i])) and any(
            self.parse.deps[c] in ("nsubj", "nsubjpass") and self.parse.pos[c] in ("NOUN", "PROPN")
            for c in self.parse.children[i]
        )

    def only_reports(self, i: int) -> bool:
        """Whether the clause that token `i` governs attributes a stance to somebody else."""
        return any(self.parse.deps[c] == "ccomp" and self.attributes(c) for c in self.parse.children[i])

    def _bag(self) -> list[str]:
        """The classes (marked if quoted) and the lemmas of content words."""
        out: dict[str, None] = {}
        for i in range(len(self.parse)):
            if self.parse.pos[i] in ("PUNCT", "SPACE"):
                continue
            quoted = "q" if self.sentence.quoted[i] else ""
            for c in self.classes[i]:
                out[f"S#{c}"] = None
                if quoted:
                    out[f"Sq#{c}"] = None
            if self.parse.pos[i] in ("VERB", "NOUN", "ADJ", "AUX", "ADV"):
                out[f"S={self.marked(i)}"] = None
        return list(out)

    def complement(self, verb: int, subject: int) -> list[str]:
        """Features of the dependents of a predicate (clauses, objects, modals …) except its subject."""
        if verb in self.complements:
            return self.complements[verb]
        parse = self.parse
        out: dict[str, None] = {}
        for c in parse.children[verb]:
            dep = parse.deps[c]
            if dep in ("nsubj", "nsubjpass", "punct", "cc", "conj"):
                continue
            if dep == "prep":
                out[f"prep:{self.lemmas[c]}"] = None
                for g in parse.children[c]:
                    out |= dict.fromkeys(f"prep:{self.lemmas[c]}:{p}" for p in self.predicate(g))
                continue
            if dep in ("ccomp", "xcomp", "advcl", "pcomp"):
                out |= dict.fromkeys(self.clause(c, dep))
                continue
            if dep in ("aux", "neg", "mark", "prt", "dobj", "acomp", "attr", "advmod", "oprd"):
                out |= dict.fromkeys(f"{dep}:{p}" for p in self.predicate(c))
        for c in parse.children[verb]:
            if parse.deps[c] in ("nsubj", "nsubjpass", "conj"):
                continue
            # What somebody else is said to have said is no evidence for the subject of the verb.
            has = "reports#" if parse.deps[c] == "ccomp" and self.attributes(c) else "has#"
            for i in parse.subtree(c):
                out |= dict.fromkeys(f"{has}{name}" for name in self.classes[i])
        self.complements[verb] = list(out)
        return self.complements[verb]

    def clause(self, head: int, dep: str) -> Iterator[str]:
        """Features of a clause: its head, its subject and modals."""
        parse = self.parse
        passive = "passive-" if is_passive(parse, head) else ""
        for p in self.predicate(head):
            yield f"{dep}:{passive}{p}"
        for c in parse.children[head]:
            if parse.deps[c] in ("nsubj", "nsubjpass"):
                for s in [*(f"#{k}" for k in self.classes[c]), parse.pos[c]]:
                    for p in self.predicate(head):
                        yield f"{dep}:{s}+{passive}{p}"
            elif parse.deps[c] == "aux" and parse.tags[c] == "MD":
                yield f"{dep}:modal:{self.lemmas[c]}"
            elif parse.deps[c] in ("dobj", "attr", "acomp"):
                for p in self.predicate(c):
                    for k in [f"#{k}" for k in self.classes[head]]:
                        yield f"{dep}:{k}>{p}"
        if parse.tags[head] == "VB" and not any(
            parse.deps[c] in ("aux", "nsubj") for c in parse.children[head]
        ):
            yield f"{dep}:imperative"


def _context(view: SentenceView, verb: int) -> list[str]:
    """The predicate that governs a predicate, and how: "said that …", "denied having …", "if …"."""
    parse = view.parse
    out: list[str] = []
    for c in parse.children[verb]:
        if parse.deps[c] == "mark":
            out.append(f"mark:{view.lemmas[c]}")
        elif parse.deps[c] == "aux" and parse.tags[c] in ("MD", "TO"):
            out.append(f"modal:{view.lemmas[c]}")
    if verb in view.denied:
        out.append("negated")
    up, dep = parse.heads[verb], parse.deps[verb]
    if up != verb and dep in _CLAUSAL:
        out += [f"under:{dep}:{p}" for p in view.predicate(up)]
    elif up == verb:
        out.append("root")
    else:
        out.append(f"under:{dep}")
    return out


def _frame_features(view: SentenceView, frame: Predicate, mention: Mention) -> Iterator[str]:
    """Features of a predicate of a mention: how the two are related, and what surrounds the predicate."""
    i, relation = frame
    # Denied and negated predicates share no features with asserted ones.
    role, denied = relation, "deny_verb" in view.classes[i] or i in view.denied
    if denied:
        relation = f"{relation}!"
    quoted = "q" if view.sentence.quoted[i] else "-"
    context = _context(view, i)
    predicates = view.predicate(i)
    for p in predicates:
        yield f"F|{relation}|{p}"
        yield f"F{quoted}|{relation}|{p}"
        for c in context:
            yield f"F|{relation}|{p}|{c}"
    for c in context:
        yield f"F|{relation}|{c}"
    if role in ("SUBJ", "POSS", "MOD", "SELF") or role.startswith(("NMOD", "OBL")):
        complement = view.complement(i, mention.head)
        classes = [p for p in predicates if p.startswith("#")] or [f"pos:{view.parse.pos[i]}"]
        for part in complement:
            yield f"C|{relation}|{part}"
            for c in classes:
                yield f"C|{relation}|{c}|{part}"
    if role == "OBJ" or role.startswith("OBL"):
        # For targets: who acts on them, and for what purpose.
        for child in view.parse.children[i]:
            if view.parse.deps[child] in ("nsubj", "agent"):
                yield f"O|{relation}|by:{view.parse.pos[child]}"
            elif view.parse.deps[child] in ("xcomp", "prep", "ccomp", "advcl", "dobj"):
                for p in predicates:
                    yield f"O|{relation}|{p}|{view.parse.deps[child]}:{view.lemmas[child]}"
    if role in ("POSS", "MOD", "SELF", "APPOS") or role.startswith("NMOD"):
        # For nominal predicates ("its call for"): the governor of the noun.
        up = view.parse.heads[i]
        for p in predicates:
            yield f"N|{relation}|{p}|{view.parse.deps[i]}"
            for q in view.predicate(up):
                yield f"N|{relation}|{p}|{view.parse.deps[i]}:{q}"


def _window(view: SentenceView, first: int, last: int) -> Iterator[str]:
    """The lemmas to the left and right of the tokens `first` to `last`, and pairs of adjacent ones."""
    for side, indices in (
        ("L", range(first - 1, first - 1 - WINDOW, -1)),
        ("R", range(last + 1, last + 1 + WINDOW)),
    ):
        shown = [view.lemmas[i] for i in indices if 0 <= i < len(view.lemmas)]
        for k, lemma in enumerate(shown):
            yield f"{side}{lemma}"
            if k < 2:
                yield f"{side}{k}{lemma}"
            if k + 1 < len(shown):
                yield f"{side}{lemma}_{shown[k + 1]}"


def _nearby_verbs(view: SentenceView, mention: Mention) -> Iterator[str]:
    """The nearest finite verbs before and after a mention: parses of long sentences are often wrong."""
    after, before = (
        next((i for i in view.finite if i > mention.last), None),
        next((i for i in reversed(view.finite) if i < mention.first), None),
    )
    for side, i in ((">", after), ("<", before)):
        if i is None:
            continue
        first, last = sorted((mention.head, i))
        between = min(2, sum(first < h < last for h in view.heads))
        comma = "," if "," in view.parse.words[first:last] else ""
        for p in view.predicate(i):
            yield f"V{side}{p}"
            yield f"V{side}{p}|{between}{comma}"


def mention_features(view: SentenceView, mention: Mention) -> list[str]:
    """The names of the features of a mention; without duplicates, except for the unnamed speaker."""
    if mention.head < 0:
        return ["speaker", *speaker_features(view)]
    parse: Parse = view.parse
    head = mention.head
    out: list[str] = []
    predicates = view.sentence.predicates(mention)
    for frame in predicates:
        out += _frame_features(view, frame, mention)
    out += _window(view, mention.first, mention.last)
    out += _nearby_verbs(view, mention)
    quoted = view.sentence.quoted[head]
    named = view.sentence.name_at(head) is not None
    out += [
        f"kind:{mention.kind}",
        f"kind:{mention.kind}|{predicates[0][1] if predicates else 'none'}",
        f"dep:{parse.deps[head]}",
        f"head:{view.lemmas[head]}",
        f"tag:{parse.tags[head]}",
        f"quoted:{quoted}",
        f"party:{named}",
        f"first:{mention.first == 0}",
        *(f"head#{c}" for c in view.classes[head]),
        *(f"mod:{view.lemmas[i]}" for i in range(mention.first, head)),
        *(f"mod#{c}" for i in range(mention.first, head) for c in view.classes[i]),
    ]
    # The topic of the sentence, combined with the relation of the mention to its nearest predicate.
    relation = predicates[0][1] if predicates else "none"
    if relation == "SUBJ" and view.only_reports(predicates[0][0]):
        relation = "REPORTS"
    relation = "quoted" if quoted else relation
    out += [f"{topic}|{relation}" for topic in view.topics]
    return list(dict.fromkeys(out))


def speaker_features(view: SentenceView) -> list[str]:
    """Features of the unnamed speaker of a quotation: the words and the main clause of the sentence."""
    parse = view.parse
    root = parse.root()
    out = [f"Q{b}" for b in view.bag]
    lemmas = [x for i, x in enumerate(view.lemmas) if parse.pos[i] != "PUNCT"]
    out += [f"Qn:{a}_{b}" for a, b in itertools.pairwise(lemmas)]
    out += [f"Qclause:{c}" for c in view.clause(root, "root")]
    out += [f"Qcomp:{c}" for c in view.complement(root, -1)]
    return out
