"""Candidate mentions in synthetic sentences, and the cache of parses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from stancewire.data.annotation.corpus import SHIPPED_CORPUS, read_corpus
from stancewire.data.text import spacy_parser as parser
from stancewire.data.text.analysis import AnalysedSentence, analyse
from stancewire.data.text.gazetteer import Gazetteer
from stancewire.data.text.segmentation.sentences import annotated_segments, segment
from stancewire.data.text.spacy_parser import ParseCache, parse_key, parse_sentences

Read = Callable[[str], list[AnalysedSentence]]


def candidates(sentence: AnalysedSentence) -> list[tuple[str, str | None]]:
    spans = [(m.kind, sentence.span(m)) for m in sentence.mentions]
    return [(kind, sentence.segment.text[span[0] : span[1]] if span else None) for kind, span in spans]


def words(sentence: AnalysedSentence) -> list[str | None]:
    return [w for _, w in candidates(sentence)]


# Candidates.


def test_phrases_names_and_pronouns_are_candidates(read: Read) -> None:
    (one,) = read("Syria blamed the rebels, and they urged a boycott.")
    found = candidates(one)
    assert ("name", "Syria") in found
    assert ("noun", "the rebels") in found
    assert ("pronoun", "they") in found


@pytest.mark.parametrize(
    ("text", "adjective", "phrase"),
    [
        ("The minister condemned Israeli shelling.", "Israeli", "Israeli shelling"),
        ("Turkish troops opened fire on Tuesday.", "Turkish", "Turkish troops"),
    ],
)
def test_the_adjective_of_a_party_is_a_candidate_like_its_phrase(
    read: Read, text: str, adjective: str, phrase: str
) -> None:
    (one,) = read(text)
    assert ("adjective", adjective) in candidates(one)
    assert ("noun", phrase) in candidates(one)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Armenian Prime Minister Nikol Pashinyan accused Azerbaijan of lying.", "Nikol Pashinyan"),
        ("President Vladimir Putin urged calm.", "Vladimir Putin"),
        ("French Foreign Minister Anne Moreau urged calm.", "Anne Moreau"),
        ("The truce holds, Col. Efraín Lozada said.", "Efraín Lozada"),
        ("U.N. envoy Staffan de Mistura called for a truce.", "Staffan de Mistura"),
        ("The defence minister, Harun Malak, blamed the rebels.", "Harun Malak"),
        ("General Abdel Fattah al-Burhan blamed the rebels.", "Abdel Fattah al-Burhan"),
    ],
)
def test_titles_are_not_part_of_a_name(read: Read, text: str, name: str) -> None:
    (one,) = read(text)
    found = words(one)
    assert name in found
    assert not [w for w in found if w and name.split()[-1] in w and w != name]


def test_possessive_marks_are_not_part_of_a_span(read: Read) -> None:
    for text in ("Iran’s army blamed Israel's government.", "Iran's army blamed Israel’s government."):
        (one,) = read(text)
        assert not [w for w in words(one) if w and w.endswith(("'", "’", "'s", "’s"))]
        assert {text[:11], text[19:-1]} <= set(words(one))


def test_dates_and_expletives_are_not_candidates(read: Read) -> None:
    (one,) = read("The man whom they saw on Tuesday said there was a truce.")
    assert not {"whom", "Tuesday", "there"} & set(words(one))
    assert "The man" in words(one)


def test_a_relative_pronoun_as_subject_is_a_candidate(read: Read) -> None:
    (one,) = read("Lawmakers who urged calm praised the army, which had fled.")
    assert {"Lawmakers", "who", "the army", "which"} <= set(words(one))


def test_only_wholly_quoted_sentences_have_an_unnamed_speaker(read: Read) -> None:
    found = read("“They fired on us,” said Ba. “We never fired back. We want peace.” Calm held.")
    by_text = {s.segment.text: s for s in found}
    speaking = {t for t, s in by_text.items() if ("speaker", None) in candidates(s)}
    assert speaking == {"“We never fired back.", "We want peace.”"}
    assert all(s.span(s.mentions[-1]) is None for t, s in by_text.items() if t in speaking)


def test_a_line_of_asterisks_has_no_speaker(read: Read) -> None:
    assert candidates(read("* * *")[0]) == []


def test_quoted_tokens(read: Read) -> None:
    (one,) = read("“They fired,” said Ba, “and we fled.”")
    quoted = {w for w, q in zip(one.parse.words, one.quoted, strict=True) if q and w.isalpha()}
    assert quoted == {"They", "fired", "and", "we", "fled"}


def test_the_name_of_a_token(read: Read) -> None:
    (one,) = read("Turkish troops fired.")
    first, second = one.name_at(0), one.name_at(1)
    assert first is not None and first.party.id == "TUR"
    assert second is None


def test_candidates_are_spans_of_the_text_with_unique_heads_and_cover_the_actors(names: Gazetteer) -> None:
    total = covered = 0
    for article in read_corpus([SHIPPED_CORPUS / "test.jsonl"])[:16]:
        for sentence, one in zip(article.sentences, analyse(annotated_segments(article), names), strict=True):
            assert len({m.head for m in one.mentions}) == len(one.mentions)
            spans = [s for m in one.mentions if (s := one.span(m)) is not None]
            for start, end in spans:
                assert 0 <= start < end <= len(sentence.text)
                assert sentence.text[start:end].strip() == sentence.text[start:end]
            for actor in (x.actor for x in sentence.statements if x.actor):
                total += 1
                covered += any(a < actor.end and actor.start < b for a, b in spans)
    assert total > 50
    assert covered / total >= 0.98


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (("Armenia", "Armenian", "Yerevan"), ("Azerbaijan", "Azerbaijani", "Baku")),
        (("Thailand", "Thai", "Bangkok"), ("Cambodia", "Cambodian", "Phnom Penh")),
    ],
)
def test_swapping_names_does_not_change_the_candidates(
    read: Read, a: tuple[str, ...], b: tuple[str, ...]
) -> None:
    text = (
        "{0[0]} blamed {1[1]} troops for the raid. “We want peace. {1[2]} must stop,” said {0[1]} Prime "
        "Minister Harun Malak."
    )
    one, two = read(text.format(a, b)), read(text.format(b, a))
    assert [s.mentions for s in one] == [s.mentions for s in two]
    assert [s.quoted for s in one] == [s.quoted for s in two]


def test_only_the_start_of_a_very_long_sentence_is_parsed(read: Read) -> None:
    (one,) = read("Syria blamed Iran " + "and the army of the rebels " * 200)
    assert ("name", "Syria") in candidates(one)
    assert len(one.parse) <= parser.MAX_TOKENS


# The cache.

SENTENCES = ["Russia blamed Germany for the raid.", "Nobody fired.", "Russia blamed Germany for the raid."]


def no_pipeline() -> None:
    raise AssertionError("parsed again")


def test_cached_sentences_are_not_parsed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = parse_sentences(SENTENCES, ParseCache(tmp_path / "cache"))
    monkeypatch.setattr(parser, "_pipeline", no_pipeline)
    assert parse_sentences(SENTENCES, ParseCache(tmp_path / "cache")) == first
    assert first[0] == first[2] != first[1]
    with pytest.raises(AssertionError, match="parsed again"):
        parse_sentences(["This one is new."], ParseCache(tmp_path / "cache"))


def test_an_article_with_its_parties_swapped_is_in_the_cache(
    tmp_path: Path, names: Gazetteer, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = ParseCache(tmp_path)
    first = analyse(segment("Armenia blamed Azerbaijani troops."), names, cache)
    monkeypatch.setattr(parser, "_pipeline", no_pipeline)
    second = analyse(segment("Azerbaijan blamed Armenian troops."), names, cache)
    assert first[0].parse == second[0].parse
    assert words(second[0]) == ["Azerbaijan", "Armenian", "Armenian troops"]


def test_progress_counts_every_sentence(tmp_path: Path) -> None:
    seen: list[int] = []
    for _ in range(2):
        parse_sentences(SENTENCES[:2], ParseCache(tmp_path), seen.append)
    assert sum(seen) == 4


@pytest.mark.parametrize("damage", ["a file for a folder", "a damaged file"])
def test_a_cache_that_cannot_be_used_is_ignored(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "cache"
    if damage == "a file for a folder":
        folder.write_text("in the way")
    else:
        ParseCache(folder).put([])
        for file in list(folder.iterdir()):
            file.write_bytes(b"not a database at all" * 500)
    assert parse_sentences(SENTENCES[:1], ParseCache(folder))[0].words[:3] == ["Russia", "blamed", "Germany"]


def test_the_default_cache_is_in_the_users_cache_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANCEWIRE_CACHE", str(tmp_path))
    key, parse = parse_key("Nobody fired."), parse_sentences(["Nobody fired."])[0]
    ParseCache().put([(key, parse)])
    assert ParseCache(tmp_path).get([key]) == {key: parse}
    assert ParseCache(None).get([key]) == {}


@pytest.mark.parametrize(
    "stored", ["{", "null", "[]", "[1,2,3,4,5,6,7]", "[" * 100_000, '[["a"],["a"],["X"],["X"],["x"],[5],[0]]']
)
def test_a_stored_parse_that_is_none_is_parsed_again(tmp_path: Path, stored: str) -> None:
    cache = ParseCache(tmp_path)
    key = parse_key(SENTENCES[0])
    cache._store.put([(key, stored)])
    assert cache.get([key]) == {}
    first = parse_sentences(SENTENCES[:1], cache)
    assert ParseCache(tmp_path).get([key]) == {key: first[0]}
