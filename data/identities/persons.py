"""Who the persons of an article are, by how it introduces them; and which parties it is mostly about.

"Armenian Prime Minister Nikol Pashinyan" makes every later "Pashinyan" ARM: titles before a name, appositions after it, the
article's own press ("Secretary of State", "Sen."), and at last the state that somebody is named with.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ..schema import MULTI, OTHER
from ..text.analysis import AnalysedSentence
from ..text.mentions import OFFICES, Mention
from .home_press import at_home, partisan, seats_named, state_of_office
from .nouns import CIVIL, FORMER, PRIVATE, REBEL, TITLED

# What a phrase beside a name must hold to tell who the person is.
INTRODUCING = TITLED | PRIVATE | REBEL | {"mr", "gen", "col", "lt", "capt", "rep", "sen"}
# Offices that speak for an organisation more often than for a state.
_MEDIATING = frozenset({"envoy", "mediator", "rapporteur", "coordinator", "secretary-general"})
# What stands for the offices of somebody who speaks for a party or for themselves.
PARTISAN = ["partisan"]
# A lawmaker's party and seat: "Ruth Adler (R-Ky.)", "Adler, D-Calif.,".
_SEAT = re.compile(r",? \(?[RDI]-[A-Z]")
_GOVERNING = re.compile(r"\b([A-Z]\w+)(?:['’]s?)? (?:administration|White House|presidency|Cabinet)\b")


def name_key(name: str) -> str:
    """What a person is called by later: the last word, without "al-"."""
    last = re.sub(r"['’]s?$", "", name.split()[-1]) if name.split() else name
    return re.sub(r"^(al|el|ar|as|ad|an|at|ash)[-‑]", "", last.lower())


def joined(*identities: str | None) -> str | None:
    """Several parties as one identity, in alphabetical order."""
    parts = sorted({p for i in identities if i and i not in (OTHER, MULTI) for p in i.split("+")})
    return "+".join(parts) or None


class Introductions:
    """The parties of one article, and of each person whom it names the party as it introduces them. Made of its analysed sentences."""

    def __init__(self, sentences: Sequence[AnalysedSentence]) -> None:
        self.sentences = sentences
        self.counts: Counter[str] = Counter()
        self.kinds: dict[str, str] = {}
        self.homes: dict[str, tuple[str, ...]] = {}
        for s in sentences:
            for name in s.names:
                self.counts[name.party.id] += 1
                self.kinds[name.party.id] = name.party.kind
                self.homes[name.party.id] = name.party.home
        text = "\n".join(s.segment.text for s in sentences)
        # The state of the article's press, and the one whose officers it calls by their titles alone.
        self.home = at_home(text)
        self.titles = self.home or seats_named(text)
        # Offices as the article gives them to persons or parties, in order: (sentence, office, identity).
        self.offices: list[tuple[int, str, str]] = []
        self.persons = self._persons()

    # The article's main parties.

    def _ranked(self, *kinds: str) -> list[str]:
        return [i for i, _ in self.counts.most_common() if self.kinds[i] in kinds]

    def main_state(self) -> str | None:
        """The state whose government an unnamed "the army" is: where the fight is inside one state, that state."""
        states, groups = self._ranked("state"), self._ranked("group")
        if groups and self.counts[groups[0]] >= 2:
            for home in self.homes[groups[0]]:
                if home in states[:3]:
                    return home
        return states[0] if states else None

    def main_group(self) -> str | None:
        groups = self._ranked("group")
        return groups[0] if groups else None

    def both_sides(self, states_only: bool = False) -> str:
        """The two parties that "both sides" are: a state and the group it fights, or the two states named most."""
        states, groups = self._ranked("state"), self._ranked("group")
        if groups and not states_only:
            home = self.main_state()
            rivals = [self.counts[s] for s in states if s != home]
            if self.counts[groups[0]] >= 0.5 * (max(rivals) if rivals else 0):
                if home and (home in self.homes[groups[0]] or len(groups) < 2):
                    return joined(home, groups[0]) or MULTI
                if len(groups) > 1 and home and home not in self.homes[groups[0]]:
                    return joined(states[0], groups[0]) or MULTI
        return (joined(*states[:2]) if len(states) > 1 else None) or MULTI

    # Persons.

    def _persons(self) -> dict[str, str]:
        """The party of each person: as the article introduces them anywhere, else the state that they are named with."""
        votes: dict[str, Counter[str]] = {}
        later: list[tuple[str, str]] = []
        seen: dict[str, list[int]] = {}
        for n, s in enumerate(self.sentences):
            for m in s.mentions:
                if m.kind != "name" or s.name_at(m.head) is not None:
                    continue
                span = s.span(m)
                key = name_key(s.segment.text[span[0] : span[1]]) if span else ""
                if not key or key in OFFICES:
                    continue
                seen.setdefault(key, []).append(n)
                found, offices = self._introduced(s, m)
                if found is None:
                    continue
                if found.startswith("@"):
                    later.append((key, found[1:]))
                    continue
                self.offices += [(n, office, found) for office in offices]
                # A full name with its office outweighs a passing one.
                weight = 1 if found == OTHER and offices != PARTISAN else 4 if m.last > m.first else 2
                votes.setdefault(key, Counter())[found] += weight
        if self.titles is not None:
            for key in self._governing():
                votes.setdefault(key, Counter())[self.titles.state] += 2
        for key, party in self._respectively():
            votes.setdefault(key, Counter())[party] += 2
        persons = {k: v.most_common(1)[0][0] for k, v in votes.items()}
        for key, boss in later:
            if key not in persons and boss in persons:
                persons[key] = persons[boss]
        for key, places in seen.items():
            if key not in persons and (state := None if self.home else self._company(places, persons)):
                persons[key] = state
        return persons

    def _governing(self) -> Iterator[str]:
        """Persons whose government the article speaks of: "the Obama administration", "Mr. Obama's White House"."""
        for s in self.sentences:
            for found in _GOVERNING.finditer(s.segment.text):
                yield name_key(found[1])

    def _respectively(self) -> Iterator[tuple[str, str]]:
        """Two coordinated states and, after them, two coordinated persons go together in order: "Iran and Iraq … X and Y"."""
        for s in self.sentences:
            parse = s.parse
            states, persons = [], []
            for m in s.mentions:
                if m.kind != "name":
                    continue
                for child in parse.children[m.head]:
                    other = next(
                        (
                            x
                            for x in s.mentions
                            if x.head == child and parse.deps[child] == "conj" and x.kind == "name"
                        ),
                        None,
                    )
                    names = (s.name_at(m.head), s.name_at(child))
                    if other is None:
                        continue
                    if all(x is not None and x.party.kind == "state" for x in names):
                        states.append((m.head, [x.party.id for x in names if x is not None]))
                    elif (
                        names == (None, None) and parse.pos[m.head] == "PROPN" and parse.pos[child] == "PROPN"
                    ):
                        spans = [s.span(x) for x in (m, other)]
                        persons.append(
                            (m.head, [name_key(s.segment.text[a:b]) for a, b in (x for x in spans if x)])
                        )
            if len(states) == 1 and len(persons) == 1 and states[0][0] < persons[0][0]:
                yield from zip(persons[0][1], states[0][1], strict=False)

    def _company(self, places: Sequence[int], persons: dict[str, str]) -> str | None:
        """The state that somebody without an introduction is named with most, the claims of those introduced set aside."""
        votes: Counter[str] = Counter()
        for n in places:
            s = self.sentences[n]
            states = {x.party.id for x in s.names if x.party.kind == "state"}
            others = set()
            for m in s.mentions:
                span = s.span(m)
                if m.kind == "name" and span and s.name_at(m.head) is None:
                    others.add(persons.get(name_key(s.segment.text[span[0] : span[1]])))
            for state in states - others:
                votes[state] += 1
        ranked = votes.most_common(2)
        if not ranked or (len(ranked) > 1 and ranked[1][1] == ranked[0][1]):
            return None
        return ranked[0][0]

    def _introduced(self, s: AnalysedSentence, m: Mention) -> tuple[str | None, list[str]]:
        """What the words right before and after a person's name tell: an identity, "@key" of another person, or None; and the offices."""
        parse = s.parse
        title_only: list[str] = []
        if _SEAT.match(s.segment.text, s.token_span(m.last)[1]):
            return OTHER, PARTISAN
        before = self._before(s, m)
        for tokens in (before, self._after(s, m)):
            lemmas = [parse.lemmas[i].rstrip(".") for i in tokens]
            parties = [x for i in tokens if (x := s.name_at(i)) is not None and x.party.kind != "collective"]
            parties = list(dict.fromkeys(parties))
            if not tokens:
                continue
            offices = [x for x in lemmas if x in TITLED and x != "head"]
            words = self._original(s, tokens)
            if self._partisan(words) or FORMER & set(lemmas):
                return OTHER, PARTISAN
            rebel = any(x in REBEL for x in lemmas)
            bodies = [x for x in parties if x.party.kind != "state"]
            if any(x in PRIVATE for x in lemmas) and not offices:
                staff = [x for x in bodies if x.party.kind == "organisation"]
                return (staff[0].party.id if staff else OTHER), []
            states = [x for x in parties if x.party.kind == "state"]
            if any(x in CIVIL for x in lemmas) and not bodies:
                return OTHER, []
            if (
                bodies
                and states
                and states[-1].start > bodies[-1].end
                and "of" in lemmas
                and not s.segment.text[bodies[-1].end : states[-1].start].strip(" the").replace("of", "")
            ):
                return states[-1].party.id, offices  # "Secretary of the Security Council of Armenia"
            if bodies:
                return bodies[0].party.id, offices
            if rebel:
                return self._rebels([x.party.id for x in states]), offices
            if states:
                return states[0].party.id, offices
            owner = next(
                (i for i in tokens if parse.deps[i] == "poss" and i not in range(m.first, m.last + 1)), None
            )
            if owner is not None and offices:
                if parse.pos[owner] == "PROPN":
                    return f"@{name_key(parse.words[owner])}", offices
                near = [
                    x for x in s.names if x.end <= s.token_span(owner)[0] and x.party.kind != "collective"
                ]
                if near:
                    return near[0].party.id, offices
            if (state := state_of_office(words)) is not None:
                return state, offices
            if tokens is before and offices:
                title_only = offices
        if title_only:
            bodies_named = self._ranked("organisation")
            if _MEDIATING & set(title_only) and bodies_named:
                return bodies_named[0], []
            return (self.titles.state if self.titles else self._state_before(s, m) or self.main_state()), []
        return None, []

    @staticmethod
    def _original(s: AnalysedSentence, tokens: Sequence[int]) -> str:
        """The words of the article from the first of these tokens to the last."""
        return s.segment.text[s.token_span(tokens[0])[0] : s.token_span(tokens[-1])[1]] if tokens else ""

    def _partisan(self, words: str) -> bool:
        """Whether the words tell of somebody who speaks for a party or for themselves: "Sen.", "House Republicans"."""
        return (self.home.partisans.search(words) is not None) if self.home else partisan(words)

    def _state_before(self, s: AnalysedSentence, m: Mention) -> str | None:
        """The state named last before an office without one ("Warsaw said … Defence Minister Tomasz Wrona"), close by."""
        span = s.span(m)
        near = [x.party.id for x in s.names if x.party.kind == "state" and span and x.end <= span[0]]
        if near:
            return near[-1]
        n = self.sentences.index(s)
        for earlier in reversed(self.sentences[max(0, n - 2) : n]):
            found = [x.party.id for x in earlier.names if x.party.kind == "state"]
            if found:
                return found[0]
        return None

    def _before(self, s: AnalysedSentence, m: Mention) -> list[int]:
        """Tokens of the phrase before a name: "Armenian Prime Minister", or with a comma "the US secretary of state,"."""
        parse, i = s.parse, m.first - 1
        out: list[int] = []
        comma = i >= 1 and parse.words[i] == ","
        i -= comma
        while i >= 0 and len(out) < 10:
            pos, lemma = parse.pos[i], parse.lemmas[i]
            if (
                parse.words[i] == "-"
                and out
                and parse.starts[i] == parse.end(i - 1)
                and parse.end(i) == parse.starts[i + 1]
            ):
                i -= 1  # "Secretary-General"
                continue
            if pos not in ("NOUN", "PROPN", "ADJ", "PART", "DET", "ADP", "PRON", "NUM") or (
                pos == "ADP" and lemma not in ("of", "for", "to")
            ):
                break
            if pos == "PRON" and parse.tags[i] != "PRP$":
                break
            out.insert(0, i)
            if pos == "DET" or (pos == "PRON" and i + 1 < len(parse)):
                break
            i -= 1
        while out and parse.pos[out[0]] in ("ADP", "PART"):
            out.pop(0)
        office = [
            k for k in out if parse.lemmas[k].rstrip(".") in INTRODUCING and parse.tags[k] in ("NN", "NNP")
        ]
        if not office or (
            comma and (parse.pos[out[0]] not in ("DET", "PRON", "PROPN", "ADJ") or len(out) < 2)
        ):
            return []
        return out

    def _after(self, s: AnalysedSentence, m: Mention) -> list[int]:
        """Tokens of an apposition after a name: ", Germany's chancellor,", ", a shopkeeper", " of the UN"."""
        parse, i = s.parse, m.last + 1
        if i < len(parse) and parse.words[i] in (",", "(", "–", "-", "—"):
            closing = {"(": ")"}.get(parse.words[i], parse.words[i])
            out: list[int] = []
            for j in range(i + 1, min(len(parse), i + 18)):
                if parse.words[j] == closing or parse.words[j] in (".", ";", ":", '"'):
                    break
                if not out and parse.lemmas[j] in ("who", "which", "whose", "where", "when", "but", "and"):
                    return self._relative(s, j) if parse.lemmas[j] == "who" else []
                if parse.pos[j] in ("VERB", "AUX"):
                    break
                out.append(j)
            return out if any(parse.lemmas[k].rstrip(".") in INTRODUCING for k in out) else []
        if (
            i < len(parse)
            and parse.lemmas[i] in ("of", "from")
            and parse.heads[i] in range(m.first, m.last + 1)
        ):
            return [j for j in parse.subtree(i) if j != i][:8]
        return []

    def _relative(self, s: AnalysedSentence, who: int) -> list[int]:
        """ "…, who heads the UN mission": read when an office stands close behind."""
        parse = s.parse
        out: list[int] = []
        for j in range(who + 1, min(len(parse), who + 9)):
            if parse.words[j] in (",", ".", ";", '"'):
                break
            out.append(j)
        leads = {"head", "lead", "run", "chair", "command", "represent", "speak", "serve", "direct"}
        return out if out and parse.lemmas[out[0]] in leads else []

    def _rebels(self, states: Sequence[str]) -> str:
        """Unnamed rebels: the armed group that the article is about, where it fights in the state that is named."""
        for group in self._ranked("group"):
            if not states or set(states) & set(self.homes[group]):
                return group
        return OTHER
