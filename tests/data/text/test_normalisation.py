"""The plain spelling of a text, and the mapping back to the original."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stancewire.data.text.normalisation import NormalisedText, looks_misdecoded, normalise

CLASSES = [
    "\u00a0", "\u2009", "\u202f", "\u3000", "\t", " ", "  ",  # spaces
    "\n", "\r", "\r\n", "\u0085", "\u2028", "\u2029", "\x0b", "\x0c", "\n\n",  # line ends
    "-", "\u2010", "\u2011", "\u2212", "–", "—", "-\n", "- ",  # hyphens and dashes
    "\u00ad", "\u00ad\n", "\u200b", "\u200d", "\ufeff", "\u2060", "\u200e", "\u202e", "\u2067",  # invisible
    "\x00", "\x07", "\x1b", "\x9d", "\ud800", "\ufffd",  # control characters and what is none
    "'", "’", "‘", "`", "\u02bc", "\u00b4", "\u2032", "'s", "s’ ", "’em", "'90s",  # apostrophes
    '"', "“", "”", "„", "«", "»", "‹", "›", "「", "」", "``", "''", "＂", "″", "‚",
    "〝", " “", "” ", " '", "' ",  # quotation marks
    "🔴", "➡️", "🇸🇴", "👩‍👩‍👧", "✅", "→",  # emoji
    "[1]", "²", "†", "stop.[1]", "km²",  # notes
    "*", "**", "_", "__", "~~", "# ", "> ", "|", "|---|",
    "[text](https://ex.org/a)", "• ",  # Markdown and tables
    "&amp;", "&nbsp;", "&quot;", "&amp;amp;nbsp;", "&#8217;", "&am", "amp;", "&shy;", "&#13;",  # entities
    "e\u0301", "\u0301", "\u0308", "x\u0302", "Š", "S\u030c", "ﬁ", "𝗕", "１", "Ａ", "한",
    "\u1112\u1161\u11ab", "Ḍ̇",  # letters
    "Мali", "аl-Shabaab", "Россия", "İ", "ß", "عربي", "中",  # scripts
    "Kenya", "Ségou", "gov", "ernment", "al", "a", "B", "7", "3.5", "14:32", ".", ",", "?", "!", "…", "(",
    ")", "[", "]", ":", "/", "@", "#",
    "â€™", "Ã©", "â€œ", "â€", "Â\u00a0", "MR. BA:", "KYIV (AP) —",
]  # fmt: skip
texts = st.lists(st.sampled_from(CLASSES), max_size=24).map("".join) | st.text(max_size=40)


def check_map(found: NormalisedText) -> None:
    """Every character has its piece, the pieces are in order, and a stretch covers exactly the pieces of its
    characters.
    """
    text, original = found.text, found.original
    before = (0, 0)
    for i in range(len(text)):
        start, end = found.to_original(i, i + 1)
        assert 0 <= start < end <= len(original)
        assert (start, end) >= before and (start, end) >= (before[0], before[0])
        assert start >= before[1] or start == before[0] or unicodedata.combining(original[before[1] - 1])
        first, last = found.from_original(start, end)
        assert first <= i < last
        before = (start, end)
        if not unicodedata.combining(original[start]):
            assert end == len(original) or not unicodedata.combining(original[end])
    for i in range(0, len(text), 3):
        for j in range(i + 1, len(text), 5):
            start, end = found.to_original(i, j)
            assert (start, end) == (found.to_original(i, i + 1)[0], found.to_original(j - 1, j)[1])


@settings(max_examples=10_000)
@given(texts)
def test_the_map_is_exact_and_normalising_again_changes_nothing(text: str) -> None:
    found = normalise(text)
    assert found.original == text
    check_map(found)
    again = normalise(found.text)
    assert again.text == found.text
    for start in range(0, len(found.text), 7):
        part, base = found.part(start, min(len(found.text), start + 9))
        assert part.text == found.text[start : start + 9]
        assert text[base : base + len(part.original)] == part.original
        check_map(part)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("South\u202fSudan, North\u00a0Korea", "South Sudan, North Korea"),
        ("Guinea‑Bissau and Timor‐Leste", "Guinea-Bissau and Timor-Leste"),
        ("four\rKenya\r\nChad\u2028Mali\u2029Togo\u0085Niger", "four\nKenya\nChad\nMali\nTogo\nNiger"),
        ("Rus\u00adsia, Ken\u200bya, \u200fIsrael\u200e, So\x00malia", "Russia, Kenya, Israel, Somalia"),
        ("Co\u0302te dʼIvoire, N`Djamena, Sana´a", "Côte d'Ivoire, N'Djamena, Sana'a"),
        ("Bosnia &amp; Herzegovina&nbsp;said &amp;quot;no&amp;quot;", "Bosnia & Herzegovina said “no”"),
        ("the gov-\nernment of Guinea-\nBissau is non-\naligned",
         "the government of Guinea-Bissau is non-aligned"),
        ("They must stop.[1] Mali left.² It is 5 km² wide.†", "They must stop. Mali left. It is 5 km² wide."),
        ("**Mali** left *at once*. __Chad__ f***ed up", "Mali left at once. Chad f***ed up"),
        ("see [the report](https://ex.org/a_b) now", "see the report now"),
        ("Kenyaâ€™s army: â€œWe blame Somalia,â€\x9d CafÃ©", "Kenya's army: “We blame Somalia,” Café"),
        ("der SPÖ“, MANHÃ”", "der SPÖ“, MANHÃ”"),
        ("𝗕𝗿𝗲𝗮𝗸𝗶𝗻𝗴 ﬁghting in Ｍａｌｉ and Мali", "Breaking fighting in Mali and Mali"),
        ("Stop! 🔴 Go. ➡️ Mali 🇸🇴🇸🇴", "Stop!   Go.   Mali  "),
        ("", ""),
    ],
)  # fmt: skip
def test_texts_are_brought_to_one_spelling(text: str, plain: str) -> None:
    assert normalise(text).text == plain


def test_spans_come_back_as_they_are_written() -> None:
    text = "Rus\u00adsia’s army in Co\u0302te d’Ivoire &amp; South\u00a0Sudan \u200bleft."
    found = normalise(text)
    for plain, original in [
        ("Russia", "Rus\u00adsia"),
        ("Côte d'Ivoire", "Co\u0302te d’Ivoire"),
        ("&", "&amp;"),
        ("South Sudan", "South\u00a0Sudan"),
        ("left", "left"),
    ]:
        start = found.text.index(plain)
        a, b = found.to_original(start, start + len(plain))
        assert text[a:b] == original
        assert found.from_original(a, b) == (start, start + len(plain))


def test_a_span_keeps_a_letter_and_its_marks_together() -> None:
    text = "x\u0302y"  # there is no such letter in one character
    assert normalise(text).to_original(0, 1) == normalise(text).to_original(1, 2) == (0, 2)


def test_misdecoded_text_is_noticed() -> None:
    assert looks_misdecoded("Kenyaâ€™s army")
    assert not looks_misdecoded("„SPÖ“, the Château d’Yquem – naïve")


@pytest.mark.parametrize(
    "piece", ["'", "\u00ad", "&amp;", "*", "“", "|", "e\u0301", "a-\n", "[1]", "@A: ", "\u0301"]
)
def test_long_runs_of_one_thing_take_no_longer_than_their_length(piece: str) -> None:
    assert len(normalise(piece * 100_000).text) <= len(piece) * 100_000
