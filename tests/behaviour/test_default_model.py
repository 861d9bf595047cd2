"""The default model on plain sentences, whole articles with their sides swapped, and real articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from stancewire.data.codebook import Codebook
from stancewire.data.corpus import read_corpus
from stancewire.data.gazetteer import Party, gazetteer
from stancewire.data.parser import ParseCache, cache_folder
from stancewire.data.schema import Article
from stancewire.training.labeller import Labeller
from stancewire.training.metrics import measure

Said = tuple[str, str | None, str | None, str | None, str | None]
Find = Callable[[str], list[Said]]

# (text, stance, actor, its identity, target, its identity)
PLAIN = [
    ("Armenia accused Azerbaijan of shelling the town.", "blame", "Armenia", "ARM", "Azerbaijan", "AZE"),
    ("Ukraine blamed Russia for the attack on the power station.", "blame", "Ukraine", "UKR", "Russia", "RUS"),
    ("The Greek foreign ministry condemned Turkey for sending warships into the area.", "blame", "The Greek foreign ministry", "GRC", "Turkey", "TUR"),
    ("India denounced Pakistan over the killing of two soldiers.", "blame", "India", "IND", "Pakistan", "PAK"),
    ("Ethiopia was blamed by Eritrea for the raid on the border post.", "blame", "Eritrea", "ERI", "Ethiopia", "ETH"),
    ("Georgia, which accuses Russia of arming the separatists, closed the crossing.", "blame", "which", "GEO", "Russia", "RUS"),
    ("Thai officials said that Cambodian troops had opened fire first.", "blame", "Thai officials", "THA", "Cambodian troops", "KHM"),
    ("Armenia urged Azerbaijan to withdraw its soldiers.", "appeal", "Armenia", "ARM", "Azerbaijan", "AZE"),
    ("The United Nations called on Sudan to open the road to the camps.", "appeal", "The United Nations", "UN", "Sudan", "SDN"),
    ("France asked Lebanon to release the two journalists.", "appeal", "France", "FRA", "Lebanon", "LBN"),
    ("Turkey demanded that Greece remove its troops from the islands.", "appeal", "Turkey", "TUR", "Greece", "GRC"),
    ("NATO appealed to Serbia for restraint.", "appeal", "NATO", "NATO", "Serbia", "SRB"),
    ("Kyiv must stop the shelling, Moscow said.", "appeal", "Moscow", "RUS", "Kyiv", "UKR"),
    ("Pakistan called for an immediate halt to the fighting.", "appeal", "Pakistan", "PAK", None, None),
    ("Armenia said that a ceasefire had been agreed with Azerbaijan.", "ceasefire_claim", "Armenia", "ARM", "Azerbaijan", "AZE"),
    ("Ethiopia declared a unilateral ceasefire on Monday.", "ceasefire_claim", "Ethiopia", "ETH", None, None),
    ("Georgia said the truce was holding.", "ceasefire_claim", "Georgia", "GEO", None, None),
    ("Russia announced a three-day truce in the city.", "ceasefire_claim", "Russia", "RUS", None, None),
    ("Qatar said the truce had been extended by two days.", "ceasefire_claim", "Qatar", "QAT", None, None),
    ("India and Pakistan agreed to a ceasefire on Saturday.", "ceasefire_claim", "India", "IND", "Pakistan", "PAK"),
    ("“The ceasefire is in force,” the Israeli army said.", "ceasefire_claim", "the Israeli army", "ISR", None, None),
]


def matches(found: Said, stance: str, actor: str, actor_id: str, target: str | None, target_id: str | None) -> bool:
    """Whether a statement has this actor and target, an article before the phrase aside."""

    def bare(words: str | None) -> str | None:
        return words.removeprefix("The ").removeprefix("the ") if words else words

    return (found[0], bare(found[1]), found[2]) == (stance, bare(actor), actor_id) and (bare(found[3]), found[4]) == (bare(target), target_id)


@pytest.mark.parametrize(("text", "stance", "actor", "actor_id", "target", "target_id"), PLAIN, ids=[p[0][:60] for p in PLAIN])
def test_a_plain_sentence_is_found_with_actor_target_and_identities(
    said: Find, text: str, stance: str, actor: str, actor_id: str, target: str | None, target_id: str | None
) -> None:
    found = said(text)
    assert any(matches(s, stance, actor, actor_id, target, target_id) for s in found), found
    assert len({s[0] for s in found}) == 1, found  # and no other stance


def test_each_stance_has_six_plain_sentences() -> None:
    assert min(Counter(p[1] for p in PLAIN).values()) >= 6


@pytest.mark.parametrize(
    ("claim", "denial"),
    [
        ("Armenia said that Azerbaijan had shelled the town.", "Armenia denied that Azerbaijan had shelled the town."),
        ("Officials in Kyiv said that Russian drones had hit a school.", "Officials in Kyiv denied that Russian drones had hit a school."),
        ("The Greek minister said Turkish jets had violated the truce.", "The Greek minister denied that Turkish jets had violated the truce."),
        ("India accused Pakistan of breaking the ceasefire.", "India denied that it had accused Pakistan of breaking the ceasefire."),
    ],
)
def test_denied_that_takes_the_blame_away(said: Find, claim: str, denial: str) -> None:
    assert "blame" in {s[0] for s in said(claim)}
    assert "blame" not in {s[0] for s in said(denial)}


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("Armenia accused Azerbaijan of shelling a village, while Georgia accused Russia of arming rebels.", {("ARM", "AZE"), ("GEO", "RUS")}),
        ("Armenia accused Azerbaijan of shelling a village, and Azerbaijan blamed Armenia for the raid.", {("ARM", "AZE"), ("AZE", "ARM")}),
        ("India condemned Pakistan for the ambush; Greece blamed Turkey for the collision.", {("IND", "PAK"), ("GRC", "TUR")}),
    ],
)
def test_two_accusations_in_one_sentence_are_not_crossed(said: Find, text: str, pairs: set[tuple[str, str]]) -> None:
    assert {(s[2], s[4]) for s in said(text) if s[0] == "blame"} == pairs


# Names do not matter.


def swapped(text: str, one: Party, other: Party) -> str:
    """The text with two parties in each other's place, each name in the form that it has."""
    out, at = "", 0
    for name in gazetteer().find(text):
        if name.party.id not in (one.id, other.id):
            continue
        new = other if name.party.id == one.id else one
        forms = {"name": new.names, "demonym": new.demonyms, "place": new.places, "people": tuple(f"{d}s" for d in new.demonyms)}[name.form]
        out += text[at : name.start] + forms[0]
        at = name.end
    return out + text[at:]


def usable(article: Article) -> tuple[Party, Party] | None:
    """The two states that an article names most, where each has a name of every form."""
    counts = Counter(n.party.id for n in gazetteer().find(article.text) if n.party.kind == "state")
    parties = [gazetteer().parties[i] for i, _ in counts.most_common(2)]
    if len(parties) < 2 or not all(p.names and p.demonyms and p.places and p.demonyms[0].endswith(("n", "i")) for p in parties):
        return None
    return parties[0], parties[1]


def test_swapping_the_sides_of_an_article_changes_no_stance_and_no_place(labeller: Labeller, shipped: list[Article]) -> None:
    cached = ParseCache(cache_folder())
    articles = [(a, sides) for a in shipped if a.split != "train" and (sides := usable(a))][:12]
    assert len(articles) >= 5
    statements = flipped = 0
    for article, (one, other) in articles:
        text = swapped(article.text, one, other)
        assert text != article.text
        before, after = labeller.label(article.text, cached=cached), labeller.label(text, cached=cached)
        assert len(before["sentences"]) == len(after["sentences"])

        def places(record: dict[str, Any]) -> Counter[tuple[int, str, bool, bool]]:
            return Counter((s["sentence"], s["stance"], s["actor"]["text"] is None, s["target"] is None) for s in record["statements"])

        mine, theirs = places(before), places(after)
        statements += sum(mine.values())
        flipped += sum(((mine - theirs) + (theirs - mine)).values())
    assert statements >= 30
    assert flipped / statements <= 0.02  # design, section 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Armenia", "Armenian", "Yerevan"), ("Azerbaijan", "Azerbaijani", "Baku")),
        (("India", "Indian", "Delhi"), ("South Korea", "South Korean", "Seoul")),
        (("Chad", "Chadian", "N’Djamena"), ("United Kingdom", "British", "London")),
        (("Jordan", "Jordanian", "Amman"), ("Turkey", "Turkish", "Ankara")),
    ],
)
def test_swapping_two_sides_swaps_the_identities_and_nothing_else(labeller: Labeller, one: tuple[str, ...], other: tuple[str, ...]) -> None:
    article = (
        "{0} accused {3} of shelling two villages on Monday. {4} officials denied the charge and urged {0} to pull its troops back.\n\n"
        "{2} said that a truce agreed with {3} was holding. “{0} started it,” the {4} foreign minister told reporters in {5}."
    )
    records = [labeller.label(article.format(*a, *b))["statements"] for a, b in ((one, other), (other, one))]
    first, second = records
    assert len(first) >= 3
    assert [(s["sentence"], s["stance"], s["score"]) for s in first] == [(s["sentence"], s["stance"], s["score"]) for s in second]
    ids = {s["actor"]["id"] for s in first} | {s["target"]["id"] for s in first if s["target"]}
    assert len(ids - {"OTHER", "MULTI"}) == 2
    swap = dict(zip(sorted(ids), reversed(sorted(ids)), strict=True))
    assert [swap[s["actor"]["id"]] for s in first] == [s["actor"]["id"] for s in second]


# Real articles, where they lie beside the checkout, and the demo.


@pytest.mark.parametrize(("name", "least"), [("dev", 0.46), ("seed", 0.72)])
def test_statements_of_real_articles(labeller: Labeller, shared_data: Path, codebook: Codebook, name: str, least: float) -> None:
    articles = read_corpus([shared_data / name / "gold.jsonl"], codebook)
    cached = ParseCache(cache_folder())
    records = {a.doc_id: labeller.label(a.text, id=a.doc_id, cached=cached) for a in articles}
    metrics, _ = measure(articles, records, codebook, bootstrap=0)
    assert metrics["statements"]["f1"] >= least
    assert metrics["id"] >= 0.80


def test_the_demo_trains_registers_scores_and_says_what_next(labeller: Labeller, cli: Callable[..., Result], store: Path) -> None:
    """After `labeller`, whose analyses it finds in the cache."""
    result = cli("demo")
    assert result.exit_code == 0, result.stderr
    for shown in ("registered as stancewire version 1, champion", "Denmark and Poland", "blame", "ceasefire claim", "appeal", "POL", "DNK", "stancewire score YOUR_ARTICLE.txt"):
        assert shown in result.stdout
    assert sorted(p.name for p in store.iterdir()) == ["mlflow.db", "mlruns"]
