"""Name invariance: statements must not change when the parties have other names."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from stancewire.data.schema import Article
from stancewire.data.text.analysis import AnalysedSentence
from stancewire.data.text.gazetteer import gazetteer
from stancewire.training.classifier import Scores
from stancewire.training.decoding.labeller import Labeller
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.evaluation.name_invariance import changed_share
from stancewire.training.evaluation.name_swap import draw_swap, swap_names

Parsed = Callable[[str], AnalysedSentence]
TEXT = (
    "Armenian officials in Yerevan accused Azerbaijan; Armenians fled, and Azerbaijanis said Baku was calm, "
    "Russia noted."
)


def test_a_swap_keeps_the_forms_of_names(parsed: Parsed) -> None:
    names, sentence = gazetteer(), parsed(TEXT)
    for seed in range(30):
        swap = draw_swap(sentence.names, names, random.Random(seed))
        assert set(swap) == {"ARM", "AZE"} and len({p.id for p in swap.values()}) == 2
        segment, back = swap_names(sentence.segment, sentence.names, swap)
        found = names.find(segment.text)
        assert [n.form for n in found] == [n.form for n in sentence.names]
        assert [n.party.id for n in found] == [
            swap[n.party.id].id if n.party.id in swap else n.party.id for n in sentence.names
        ]
        assert [back.original(n.start, n.end) for n in found] == [(n.start, n.end) for n in sentence.names]


def test_an_article_without_parties_has_no_swap(parsed: Parsed) -> None:
    assert draw_swap(parsed("The mayor of the town said so.").names, gazetteer(), random.Random(0)) == {}


def test_name_swaps_hardly_change_the_tiny_model(tiny_labeller: Labeller, tiny: list[Article]) -> None:
    assert changed_share(tiny_labeller, [a for a in tiny if a.split == "test"], swaps=5) <= 0.02


def test_name_swaps_change_a_model_that_depends_on_names(
    tiny_labeller: StatementFinder, tiny: list[Article]
) -> None:
    class Partial:
        """Gives high scores to parties whose identity is in the first half of the alphabet."""

        kind = "linear"

        def score(self, sentences: list[AnalysedSentence]) -> list[Scores]:
            out = []
            for scores, sentence in zip(tiny_labeller.classifier.score(sentences), sentences, strict=True):
                roles = scores.roles.copy()
                for k, m in enumerate(sentence.mentions):
                    name = sentence.name_at(m.head) if m.head >= 0 else None
                    roles[k] = 5.0 if name is not None and name.party.id < "M" else -9.0
                out.append(Scores(roles, scores.labels))
            return out

    biased = StatementFinder(
        Partial(),
        tiny_labeller.decisions,
        tiny_labeller.pairing,
        tiny_labeller.codebook,
        tiny_labeller.gazetteer,
    )  # type: ignore[arg-type]
    articles = [a for a in tiny if a.split == "test"]
    # Equal masked inputs are not scored again; but this model reads the names behind the masks.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stancewire.training.evaluation.name_invariance._same_input", lambda a, b: False)
        assert changed_share(biased, articles, swaps=5) > 0.2
