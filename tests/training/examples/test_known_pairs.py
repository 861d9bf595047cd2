"""Sentences whose actor and target are known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from scipy.special import softmax
from stancewire.data.codebook import Codebook
from stancewire.data.schema import Span
from stancewire.data.text.analysis import AnalysedSentence
from stancewire.training.classifier import Scores
from stancewire.training.decoding.choice import choice_logits, fit_temperature
from stancewire.training.examples.known_pairs import known_pair, mention_at

Parsed = Callable[[str], AnalysedSentence]
Cli = Callable[..., Result]

CODEBOOK = """
name = "deeds"
[[stances]]
name = "attack"
title = "Attack"
definition = "The actor attacks the target."
[[stances]]
name = "praise"
title = "Praise"
definition = "The actor praises the target."
[[stances]]
name = "march"
title = "March"
definition = "The actor marches."
has_target = false
"""
FORM = """
name = "deeds"
text = "sentence"
value = "code"
stances = {A = "attack", P = "praise", M = "march"}
actor = "who"
target = "whom"
"""
CONFIG = """
name = "deeds"
corpus = ["deeds.jsonl"]
codebook = "deeds.toml"
mentions = "known"
bootstrap = 20
"""


def test_a_span_becomes_a_mention_with_its_syntactic_head(parsed: Parsed) -> None:
    sentence = parsed("The Iranian foreign minister, Javad Karimi, condemned a court decision in Peru.")
    text = sentence.segment.text
    for words, head in (
        ("a court decision", "decision"),
        ("The Iranian foreign minister", "minister"),
        ("Peru", "Germany"),
    ):
        start = text.index(words)
        mention = mention_at(sentence, (start, start + len(words)))
        assert sentence.parse.words[mention.head] == head  # the parse has masked names
        assert sentence.span(mention) == (start, start + len(words))


def test_a_known_pair_has_its_actor_first_and_its_target_second(parsed: Parsed) -> None:
    sentence = parsed("Kenya shelled Somalia.")
    pair = known_pair(sentence, Span(text="Somalia", start=14, end=21), Span(text="Kenya", start=0, end=5))
    assert [pair.span(m) for m in pair.mentions] == [(14, 21), (0, 5)]
    assert [m.head for m in known_pair(sentence, None, None).mentions] == [-1]


def test_the_choice_adds_up_the_logits_of_both_roles_and_their_pair(codebook: Codebook) -> None:
    roles = np.zeros((2, len(codebook.roles)))
    pairs = np.zeros((2, 2, 3))
    actor, target, pair = codebook.stance_roles[0]
    roles[0, actor], roles[1, target], pairs[0, 1, pair] = 1.0, 2.0, 4.0
    assert choice_logits(Scores(roles, np.zeros(1), pairs), codebook)[0] == 7.0
    assert choice_logits(Scores(roles, np.zeros(1)), codebook)[0] == 3.0
    assert choice_logits(Scores(roles[:1], np.zeros(1)), codebook)[0] == 1.0


def test_the_temperature_softens_overconfident_logits() -> None:
    rng = np.random.default_rng(0)
    true = rng.integers(0, 3, 400)
    seen = np.where(rng.random(400) < 0.7, true, rng.integers(0, 3, 400))
    logits, gold = 9.0 * np.eye(3)[seen], np.eye(3, dtype=np.int8)[true]
    temperature = fit_temperature(logits, gold)
    assert temperature > 2
    confidence = softmax(logits / temperature, axis=1).max(axis=1).mean()
    assert confidence == pytest.approx((seen == true).mean(), abs=0.02)


@pytest.fixture
def deeds(cli: Cli, store: Path) -> Path:
    """A user's table, form, codebook and config in the working folder, and the table imported as a corpus."""
    people = ("Kenya", "Somalia", "Peru", "Chile", "Oman", "Iran", "Ghana", "Benin")
    rows = ["sentence,code,who,whom"]
    for i, a in enumerate(people):
        for j, b in enumerate(people):
            if i != j:
                rows += [f"{a} bombed {b} on day {i}.,A,{a},{b}", f"{a} hailed {b} in round {j}.,P,{a},{b}"]
        rows.append(f"Crowds from {a} marched on day {i}.,M,Crowds,")
    for name, content in (
        ("deeds.csv", "\n".join(rows) + "\n"),
        ("form.toml", FORM),
        ("deeds.toml", CODEBOOK),
        ("config.toml", CONFIG),
    ):
        (store / name).write_text(content, encoding="utf-8")
    options = "--format table --form form.toml --codebook deeds.toml -o deeds.jsonl"
    imported = cli("corpus", "import", "deeds.csv", *options.split())
    assert imported.exit_code == 0, imported.stderr
    return store


def test_from_a_table_to_a_registered_model(cli: Cli, deeds: Path) -> None:
    trained = cli("train", "config.toml")
    assert trained.exit_code == 0, trained.stderr
    assert "registered as stancewire-deeds version 1, champion" in trained.stdout
    measured = cli("evaluate", "--corpus", "deeds.jsonl", "--model", "deeds", "--format", "json", "--no-log")
    assert measured.exit_code == 0 and '"macro_f1": 1.0' in measured.stdout
    (deeds / "new.jsonl").write_text(
        '{"id": "a", "text": "Togo bombed Mali.", "actor": "Togo", "target": "Mali"}\n'
        '{"id": "b", "text": "Togo hailed Mali.", "actor": "Togo", "target": "Mali"}\n'
        '{"id": "c", "text": "Togo hailed Mali.", "actor": "Chad", "target": "Mali"}\n'
        '{"id": "d", "text": "Togo hailed Mali."}\n',
        encoding="utf-8",
    )
    scored = cli("score", "new.jsonl", "--model", "deeds", "--format", "jsonl", "--any-language")
    assert scored.exit_code == 1
    assert ['"stance": "attack"' in line for line in scored.stdout.splitlines()] == [True, False]
    assert '"stance": "praise"' in scored.stdout
    errors = [line for line in scored.stderr.splitlines() if line.startswith("error: ")]
    import mlflow
    import pandas as pd

    model = mlflow.pyfunc.load_model("models:/stancewire-deeds@champion")
    table = model.predict(pd.DataFrame([{"text": "Togo bombed Mali.", "actor": "Togo", "target": "Mali"}]))
    assert list(table["stance"]) == ["attack"]
    assert (
        len(errors) == 2
        and "'Chad' is not in the sentence" in errors[0]
        and '"actor" and "target"' in errors[1]
    )


def test_folds_are_nested_runs(cli: Cli, deeds: Path) -> None:
    import mlflow

    result = cli("train", "config.toml", "--folds", "3")
    assert result.exit_code == 0, result.stderr
    assert "no model is registered" in result.stdout and "macro-F1" in result.stdout
    runs = mlflow.search_runs(search_all_experiments=True, output_format="list")
    [parent] = [r for r in runs if r.data.tags.get("kind") == "cross-validation"]
    children = [r for r in runs if r.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    assert len(children) == 3 and all("test/macro_f1" in r.data.metrics for r in children)
    assert parent.data.metrics["test/macro_f1/mean"] == pytest.approx(
        sum(r.data.metrics["test/macro_f1"] for r in children) / 3
    )
    assert parent.data.metrics["pooled/statements/f1"] == 1.0
    listed = cli("experiments", "list")
    assert parent.info.run_id[:8] in listed.stdout
    assert not any(r.info.run_id[:8] in listed.stdout for r in children)
    assert all(r.info.run_id[:8] in cli("experiments", "list", "--folds").stdout for r in children)
