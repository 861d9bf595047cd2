"""Round trips through all formats: articles are read back unchanged or rejected."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stancewire.data.annotation.corpus import read_corpus
from stancewire.data.codebook import Codebook, shipped_codebook
from stancewire.data.errors import InputError
from stancewire.data.formats import (
    read_articles,
    write_articles,
)
from stancewire.data.schema import Article

FORMS = ("label-studio", "doccano", "brat", "conll")
# Reasons for which a format may reject a generated article.
REFUSALS = ("cannot be written", "byte order mark")

# fmt: off
PIECES = st.sampled_from(
    ["Iran", "they", "They", "“We", "fired”,", "e\u0301te\u0301", "👩‍🚀", "🇦🇲", "a\tb", "#2", "-", "|", "'",
     '"so-called"', "\\", "{", "<s>", "&amp;", "O", "—", "نزاع", "战争", "x;y", "[", "= 1"]
)
# fmt: on
# Without unpaired surrogates, which cannot be encoded.
WILD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
TEXTS = st.lists(st.one_of(PIECES, PIECES, WILD), min_size=1, max_size=7).map(" ".join)
LINE = st.one_of(
    st.sampled_from(["a-b", "Post: Sunday", "[x]", "# y", '"q"', "é", "- "]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
IDENTITIES = st.sampled_from([None, "OTHER", "ARM+AZE", "M23"])


@st.composite
def statements(draw: st.DrawFn, text: str) -> dict[str, Any]:
    def span() -> dict[str, Any] | None:
        if draw(st.integers(0, 3)) == 0:
            return None
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        words = text[start:end]
        if words.strip() and draw(st.integers(0, 9)):
            start += len(words) - len(words.lstrip())
            words = words.strip()
        return {"text": words, "start": start, "end": start + len(words)}

    stance = draw(st.sampled_from(["blame", "appeal"]))
    return {
        "stance": stance,
        "actor": span(),
        "actor_id": draw(IDENTITIES),
        "target": span(),
        "target_id": draw(IDENTITIES),
    }


@st.composite
def articles(draw: st.DrawFn) -> list[Article]:
    out = []
    for n in range(draw(st.integers(1, 3))):
        sentences = []
        for _ in range(draw(st.integers(1, 3))):
            text = draw(TEXTS)
            found = draw(st.lists(statements(text), max_size=3))
            if found and draw(st.booleans()):
                # A second statement of the same actor, possibly a duplicate.
                found.append(found[0] | {"target_id": draw(IDENTITIES)})
            sentence = {
                "text": text,
                "para": draw(st.booleans()),
                "labels": draw(st.sampled_from([[], ["loaded"]])),
                "statements": found,
            }
            sentences.append(
                sentence | {"near_miss": draw(st.sampled_from([None, "denial", 'offer: "x" = y']))}
            )
        about = {
            k: draw(st.one_of(st.none(), LINE))
            for k in ("conflict", "outlet", "source", "date", "genre", "license")
        }
        about |= {
            "split": draw(st.sampled_from([None, "test"])),
            "language": draw(st.sampled_from(["en", "fr"])),
            "row": draw(st.sampled_from([None, 0, 7])),
        }
        about["annotators"] = draw(st.lists(LINE, max_size=2))
        out.append(
            Article.model_validate(
                {
                    "doc_id": draw(st.sampled_from(["a", "a/b c", "é#", '"'])) + str(n),
                    "sentences": sentences,
                    **about,
                }
            )
        )
    return out


def round_trip(form: Any, original: list[Article]) -> list[Article]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        write_articles(path, original, form, shipped_codebook())
        return read_articles([path], form)


@pytest.mark.parametrize("form", ["jsonl", "hf", *FORMS])
@given(original=articles())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_articles_survive_the_round_trip_or_are_refused(form: Any, original: list[Article]) -> None:
    try:
        again = round_trip(form, original)
    except InputError as error:
        assert any(x in str(error) for x in REFUSALS), str(error)
        return
    if form == "hf":  # one file per split
        again.sort(key=lambda a: a.doc_id[-1])
    assert again == original


@pytest.mark.parametrize("form", ["sheet", "jsonl", "hf", *FORMS])
def test_the_shipped_corpus_survives_every_round_trip(form: Any, codebook: Codebook) -> None:
    corpus = read_corpus(["shipped"], codebook)
    assert round_trip(form, corpus) == corpus


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["a:b", "a b", "Loaded", "a-b", ""])
def test_names_that_no_codebook_can_have_are_refused(form: Any, name: str) -> None:
    for raw in ({"text": "x", "labels": [name]}, {"text": "x", "statements": [{"stance": name}]}):
        with pytest.raises(InputError, match="cannot be written"):
            round_trip(form, [Article.model_validate({"doc_id": "a", "sentences": [raw]})])


@pytest.mark.parametrize("form", FORMS)
def test_a_span_without_words_is_refused(form: Any) -> None:
    raw = {
        "text": "They fired.",
        "statements": [{"stance": "blame", "actor": {"text": "", "start": 2, "end": 2}}],
    }
    with pytest.raises(InputError, match="cannot be written"):
        round_trip(form, [Article.model_validate({"doc_id": "a", "sentences": [raw]})])
