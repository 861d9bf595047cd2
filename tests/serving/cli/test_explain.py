"""Which words carried a statement."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from stancewire.data.codebook import Codebook
from stancewire.data.text.gazetteer import gazetteer
from stancewire.tests.training.encoder.conftest import random_network, tokenizer  # noqa: F401  a fixture
from stancewire.training.decoding.decisions import Decisions
from stancewire.training.decoding.pairing import Pairing
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.encoder.classifier import EncoderClassifier
from stancewire.training.encoder.settings import EncoderSettings
from stancewire.training.explanation import explain
from tokenizers import Tokenizer

Cli = Callable[..., Result]
TEXT = "Kenya accused Somalia of shelling the town. It rained on Monday."


def test_the_verb_has_the_largest_weight(cli: Cli, tiny_model: Path, tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text(TEXT, encoding="utf-8")
    result = cli("explain", article, "--model", tiny_model, "--format", "jsonl")
    assert result.exit_code == 0, result.stderr
    [found] = [
        x
        for x in map(json.loads, result.stdout.splitlines())
        if x["statement"]["stance"] == "blame" and x["actor"] == "Kenya"
    ]
    assert found["target"] == "Somalia"
    weights = {found["sentence"][a:b]: w for a, b, w in found["words"]}
    assert max(weights, key=weights.__getitem__) == "accused"
    assert any("blame_verb" in name or "accuse" in name for name, _ in found["reasons"])
    shown = cli("explain", article, "--model", tiny_model)
    assert "for:" in shown.stdout and "accused +" in shown.stdout and "Kenya → Somalia" in shown.stdout
    assert "no statements" in cli("explain", article, "--model", tiny_model, "--sentence", "rained").stderr


def test_each_word_is_masked_for_an_encoder(codebook: Codebook, tokenizer: Tokenizer) -> None:  # noqa: F811
    classifier = EncoderClassifier(EncoderSettings(), codebook)
    classifier.set_network(random_network(codebook, tokenizer.get_vocab_size()), tokenizer.to_str())
    labeller = StatementFinder(classifier, Decisions(), Pairing(), codebook, gazetteer())
    found = explain(labeller, TEXT, min_score=0.01)
    assert found
    for one in found:
        weights = {one.sentence[a:b]: w for a, b, w in one.words}
        # The random network reads a mention off its own first and last word alone.
        moved = {word for word, w in weights.items() if abs(w) > 1e-6}
        assert one.actor is not None and moved <= set(one.actor.split()) and moved


def test_a_missing_file_gives_one_error(
    cli: Cli, tiny_model: Path, one_line: Callable[[Result], str]
) -> None:
    assert "no such file" in one_line(cli("explain", "nowhere.txt", "--model", tiny_model))


@pytest.mark.parametrize("score", ["-0.1", "1.5"])
def test_a_score_out_of_range_is_a_usage_error(cli: Cli, tiny_model: Path, score: str) -> None:
    assert cli("explain", "a.txt", "--model", tiny_model, "--min-score", score).exit_code == 2
